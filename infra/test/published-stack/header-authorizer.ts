/**
 * The authorizer for a gateway that takes the key it counts by from `x-api-key`: what stands there
 * is the gateway's own value, and the caller's secret comes as a bearer token.
 */
import { createAuthorizer } from "@outlet/functions/authorizer";
import { authorizerDeps } from "@outlet/functions/deps";
import type { APIGatewayRequestAuthorizerEvent } from "aws-lambda";

const authorize = createAuthorizer(authorizerDeps());

export const handler = (event: APIGatewayRequestAuthorizerEvent) => {
  const others = Object.entries(event.headers ?? {}).filter(
    ([name]) => name.toLowerCase() !== "x-api-key",
  );
  return authorize({ ...event, headers: Object.fromEntries(others) });
};
