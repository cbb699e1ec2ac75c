import type { StackSpec } from "@outlet/core/ports";
import { isOwnAddressClosed } from "./custom-domain.ts";
import { createGatewayResponses } from "./gateway-responses.ts";
import type { JsonObject, Platform } from "./template-types.ts";

/**
 * `ANY` is spelled out: every verb is visible in the template, and gateways that do not know
 * `x-amazon-apigateway-any-method` route them too.
 */
const keyedMethods = ["get", "post", "put", "patch", "delete", "head"] as const;

/** The longest a streamed integration may take. */
const integrationTimeoutMs = 900_000;

/**
 * The API of a published bot, as API Gateway imports it.
 *
 * Two resources take every path, so that an unknown route gets the application's problem document
 * and not the gateway's "Missing Authentication Token", and a new route of the application needs no
 * deployment of any bot. All of them are behind the authorizer and the usage plan, except OPTIONS:
 * browsers send a preflight without credentials, and the application answers it, because only it
 * can match wildcard origins.
 *
 * There are no intrinsic functions in it, so its hash names what is deployed.
 */
export function createOpenApiBody(
  name: string,
  version: string,
  {
    allowedOrigins,
    throttle,
    ownAddress,
  }: Pick<StackSpec, "allowedOrigins" | "throttle" | "ownAddress">,
  platform: Platform,
): JsonObject {
  return {
    openapi: "3.0.1",
    info: { title: name, version },
    ...(isOwnAddressClosed({ ownAddress }, platform) && { servers: closedAddress }),
    paths: {
      "/": operations(platform, []),
      "/{proxy+}": operations(platform, [
        { name: "proxy", in: "path", required: true, schema: { type: "string" } },
      ]),
    },
    components: {
      securitySchemes: {
        key: { type: "apiKey", name: "x-api-key", in: "header" },
        authorizer: {
          type: "apiKey",
          name: "Unused",
          in: "header",
          "x-amazon-apigateway-authtype": "custom",
          "x-amazon-apigateway-authorizer": {
            type: "request",
            authorizerUri: lambdaUri(platform, "2015-03-31", platform.authorizerFunctionArn, ""),
            // No caching, hence no identity source: a revoked key dies at the next request.
            authorizerResultTtlInSeconds: 0,
          },
        },
      },
    },
    "x-amazon-apigateway-api-key-source": "AUTHORIZER",
    "x-amazon-apigateway-gateway-responses": createGatewayResponses(allowedOrigins, throttle),
  };
}

/**
 * Beside an OpenAPI 3 body the property of the API alone is not enough: the import decides
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html).
 */
const closedAddress: JsonObject[] = [
  {
    url: "/",
    "x-amazon-apigateway-endpoint-configuration": { disableExecuteApiEndpoint: true },
  },
];

function operations(platform: Platform, parameters: JsonObject[]): JsonObject {
  const common = {
    parameters,
    responses: { "200": { description: "From the application" } },
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: lambdaUri(
        platform,
        "2021-11-15",
        platform.publishedApiFunctionArn,
        "response-streaming-",
      ),
      responseTransferMode: "STREAM",
      timeoutInMillis: integrationTimeoutMs,
      passthroughBehavior: "when_no_match",
    },
  };
  // In objects of their own, as in all examples of AWS's: both are asked for, not one of them
  // (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html).
  const security = [{ authorizer: [] }, { key: [] }];
  return {
    ...Object.fromEntries(keyedMethods.map((method) => [method, { ...common, security }])),
    options: { ...common, security: [] },
  };
}

function lambdaUri(platform: Platform, version: string, functionArn: string, mode: string): string {
  const { partition, region } = platform;
  return `arn:${partition}:apigateway:${region}:lambda:path/${version}/functions/${functionArn}/${mode}invocations`;
}
