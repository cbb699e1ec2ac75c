import type { StackSpec } from "@outlet/core/ports";
import type { JsonObject, Platform, Resource, Template } from "./template-types.ts";

interface Parts {
  restApi: JsonObject;
  stageVariables: JsonObject;
  resources: Record<string, Resource>;
  outputs: Template["Outputs"];
}

/** Whether only the domain leads to the bot. */
export const isOwnAddressClosed = (
  { ownAddress = false }: { ownAddress?: boolean | undefined },
  { apiDomain }: Platform,
): boolean => apiDomain !== undefined && !ownAddress;

/**
 * What gives a bot its path under the domain of all published APIs: the bot's id, which no other bot
 * ever has. Mappings of one level count against no quota
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html).
 * WAF and usage plan hang on the stage and hold there too.
 *
 * The API's own address is closed, so that nobody comes to depend on it; not of a bot that was
 * published at it before. Both only take effect with a new deployment, which comes with the
 * template's version.
 */
export function customDomain(spec: StackSpec, platform: Platform): Parts {
  const { botId } = spec;
  const { apiDomain } = platform;
  if (!apiDomain) return { restApi: {}, stageVariables: {}, resources: {}, outputs: {} };
  return {
    restApi: isOwnAddressClosed(spec, platform) ? { DisableExecuteApiEndpoint: true } : {},
    // In the path that a function is given, the base path comes first.
    stageVariables: { basePath: botId },
    resources: {
      BasePathMapping: {
        Type: "AWS::ApiGateway::BasePathMapping",
        Properties: {
          DomainName: apiDomain,
          BasePath: botId,
          RestApiId: { Ref: "RestApi" },
          Stage: { Ref: "Stage" },
        },
      },
    },
    outputs: {
      Endpoint: { Value: `https://${apiDomain}/${botId}` },
      StableEndpoint: { Value: "true" },
    },
  };
}
