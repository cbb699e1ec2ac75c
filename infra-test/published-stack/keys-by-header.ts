import { type AuthorizerDeps, createAuthorizer } from "@outlet/functions/authorizer/authorizer";
import type { APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import { recordEvent } from "./recorder.ts";

/**
 * The authorizer for a gateway that takes the key it counts by from `x-api-key`: what stands there
 * is the gateway's own value, and the caller's secret comes as a bearer token.
 */
export function createHeaderAuthorizer(deps: AuthorizerDeps) {
  const authorize = createAuthorizer(deps);
  return async (event: APIGatewayRequestAuthorizerEvent) => {
    await recordEvent(deps.table, "authorizer", event);
    const others = Object.entries(event.headers ?? {}).filter(
      ([name]) => name.toLowerCase() !== "x-api-key",
    );
    return authorize({ ...event, headers: Object.fromEntries(others) });
  };
}
