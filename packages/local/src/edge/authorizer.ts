import type { Platform } from "@outlet/aws/published-stack/template";
import * as v from "valibot";
import type { LambdaFunction } from "../function-host/function.ts";
import type { ContextVariables } from "./context-variables.ts";
import { GatewayRefusal } from "./gateway-responses.ts";
import { matchesGlob } from "./glob.ts";
import type { RouteMatch } from "./route-match.ts";
import { createAuthorizerEvent, type GatewayRequest } from "./proxy-event.ts";

export interface Authorized {
  /** As a function finds it in `requestContext.authorizer`. */
  context: Record<string, string | number | null>;
  principalId: string;
  usageIdentifierKey: string | null;
}

const OneOrMany = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
);

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html */
const Answer = v.object({
  principalId: v.string(),
  policyDocument: v.object({
    Statement: v.array(
      v.object({ Effect: v.picklist(["Allow", "Deny"]), Action: OneOrMany, Resource: OneOrMany }),
    ),
  }),
  context: v.nullish(
    v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
    {},
  ),
  usageIdentifierKey: v.nullish(v.string(), null),
});

/**
 * Asks a REQUEST authorizer.
 * @throws GatewayRefusal where it denies, fails, or answers what is no policy.
 */
export async function authorize(
  request: GatewayRequest,
  match: RouteMatch,
  authorizer: LambdaFunction | undefined,
  platform: Platform,
  variables: ContextVariables,
): Promise<Authorized> {
  if (authorizer === undefined) throw new GatewayRefusal("AUTHORIZER_CONFIGURATION_ERROR");
  const methodArn = methodArnOf(request, platform);
  const startedAt = performance.now();
  const parsed = v.safeParse(
    Answer,
    await ask(authorizer, createAuthorizerEvent(request, match, methodArn)),
  );
  if (!parsed.success) throw new GatewayRefusal("AUTHORIZER_CONFIGURATION_ERROR");
  const { policyDocument, principalId, context, usageIdentifierKey } = parsed.output;
  variables.set("authorizer.principalId", principalId);
  for (const [name, value] of Object.entries(context)) {
    if (value !== null) variables.set(`authorizer.${name}`, String(value));
  }
  if (!allows(policyDocument.Statement, methodArn)) throw new GatewayRefusal("ACCESS_DENIED");
  return {
    principalId,
    usageIdentifierKey,
    context: {
      // API Gateway hands numbers and booleans on as text.
      ...Object.fromEntries(
        Object.entries(context).map(([name, value]) => [name, value === null ? null : `${value}`]),
      ),
      principalId,
      integrationLatency: Math.round(performance.now() - startedAt),
    },
  };
}

async function ask(authorizer: LambdaFunction, event: unknown): Promise<unknown> {
  try {
    return await authorizer.invoke(event);
  } catch (cause) {
    // The one message API Gateway knows; any other error is a fault of the authorizer.
    const unauthorized = cause instanceof Error && cause.message === "Unauthorized";
    throw new GatewayRefusal(unauthorized ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE", { cause });
  }
}

function methodArnOf({ mount, method, path }: GatewayRequest, platform: Platform): string {
  const { partition, region, accountId } = platform;
  return `arn:${partition}:execute-api:${region}:${accountId}:${mount.restApiId}/${mount.stage.name}/${method}${path}`;
}

type Statement = v.InferOutput<typeof Answer>["policyDocument"]["Statement"][number];

/** A denial outweighs any permission; without a permission nothing is allowed. */
function allows(statements: Statement[], methodArn: string): boolean {
  const effects = statements
    .filter(({ Action }) => Action.some((pattern) => matchesGlob(pattern, "execute-api:Invoke")))
    .filter(({ Resource }) => Resource.some((pattern) => matchesGlob(pattern, methodArn)))
    .map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}
