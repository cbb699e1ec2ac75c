import type { JsonObject, Template } from "@outlet/aws/published-stack/template";

/**
 * The template of a published bot as MiniStack 1.5.33 can run it. Each step stands for one thing
 * that it lacks; what a step takes away is judged elsewhere (docs/deploy.md, "Verified how").
 */
export function forMiniStack(template: Template): Template {
  const copy = structuredClone(template);
  for (const step of Object.values(steps)) step(copy);
  return copy;
}

const steps = {
  /** It knows no AWS::WAFv2::WebACLAssociation, and its WAF refuses nobody. */
  withoutFirewall(template: Template): void {
    delete template.Resources.WebAclAssociation;
  },
  /** It takes the key it counts by from the header alone, not from the authorizer. */
  keysByHeader(template: Template): void {
    const { Properties } = restApi(template);
    Properties.ApiKeySourceType = "HEADER";
    object(Properties.Body)["x-amazon-apigateway-api-key-source"] = "HEADER";
  },
  /** It answers 500 where an integration streams. */
  buffered(template: Template): void {
    for (const path of Object.values(object(object(restApi(template).Properties.Body).paths))) {
      for (const operation of Object.values(object(path))) {
        const integration = object(object(operation)["x-amazon-apigateway-integration"]);
        integration.uri = text(integration.uri)
          .replace("/2021-11-15/", "/2015-03-31/")
          .replace("/response-streaming-invocations", "/invocations");
        integration.responseTransferMode = "BUFFERED";
      }
    }
  },
  /** It reads no gateway responses from the body, only resources of their own. */
  gatewayResponsesAsResources(template: Template): void {
    const body = object(restApi(template).Properties.Body);
    const responses = object(body["x-amazon-apigateway-gateway-responses"]);
    delete body["x-amazon-apigateway-gateway-responses"];
    const ids = Object.entries(responses).map(([type, value]) => {
      const { statusCode, responseParameters, responseTemplates } = object(value);
      const id = `GatewayResponse${type.replaceAll("_", "")}`;
      template.Resources[id] = {
        Type: "AWS::ApiGateway::GatewayResponse",
        Properties: {
          RestApiId: { Ref: "RestApi" },
          ResponseType: type,
          ...(statusCode !== undefined && { StatusCode: statusCode }),
          ...(responseParameters !== undefined && { ResponseParameters: responseParameters }),
          ...(responseTemplates !== undefined && { ResponseTemplates: responseTemplates }),
        },
      };
      return id;
    });
    for (const resource of Object.values(template.Resources)) {
      if (resource.Type === "AWS::ApiGateway::Deployment") resource.DependsOn = ids;
    }
  },
};

function restApi(template: Template): { Properties: JsonObject } {
  const resource = template.Resources.RestApi;
  if (!resource) throw new Error("The template has no RestApi");
  return resource;
}

// Parts of a template are plain objects wherever this looks.
const object = (value: unknown): JsonObject => (value ?? {}) as JsonObject;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
