import { createHash } from "node:crypto";
import * as v from "valibot";
import type { GatewayResponse } from "./gateway-responses.ts";
import { bySpecificity, segmentsOf } from "./route-path.ts";

/** A published bot's stack as the edge serves it: read from the template and from nothing else. */
export interface Mount {
  restApiId: string;
  stage: { name: string; variables: Record<string, string>; accessLogFormat: string };
  /** Where the value of the gateway's key comes from. */
  keySource: "AUTHORIZER" | "HEADER";
  /** Its path under the domain of published APIs; `null` where it has none. */
  basePath: string | null;
  /** Whether it is served under its own id as well. */
  ownAddress: boolean;
  /** Whether the stage is associated with the web ACL. */
  guarded: boolean;
  usagePlan: UsagePlan;
  gatewayResponses: Record<string, GatewayResponse>;
  routes: Route[];
}

export interface UsagePlan {
  id: string;
  throttle: { burstLimit: number; rateLimit: number } | null;
  quota: { limit: number; period: "DAY" | "WEEK" | "MONTH" } | null;
}

export interface Route {
  /** `/{proxy+}` */
  resource: string;
  resourceId: string;
  segments: string[];
  /** By upper-case verb, or `ANY`. */
  methods: Map<string, Method>;
}

export interface Method {
  /** ARN of the authorizer's function. */
  authorizer: string | null;
  keyRequired: boolean;
  functionArn: string;
  timeoutMs: number;
}

const Scheme = v.object({
  type: v.string(),
  name: v.string(),
  "x-amazon-apigateway-authtype": v.optional(v.string()),
  "x-amazon-apigateway-authorizer": v.optional(
    v.object({ type: v.literal("request"), authorizerUri: v.string() }),
  ),
});

const Operation = v.object({
  security: v.optional(v.array(v.record(v.string(), v.unknown())), []),
  "x-amazon-apigateway-integration": v.object({
    type: v.literal("aws_proxy"),
    responseTransferMode: v.literal("STREAM"),
    uri: v.string(),
    timeoutInMillis: v.number(),
  }),
});

const Body = v.object({
  paths: v.record(v.string(), v.record(v.string(), v.unknown())),
  components: v.object({ securitySchemes: v.record(v.string(), Scheme) }),
  "x-amazon-apigateway-gateway-responses": v.optional(
    v.record(
      v.string(),
      v.object({
        statusCode: v.optional(v.string()),
        responseParameters: v.optional(
          v.record(
            v.pipe(v.string(), v.startsWith("gatewayresponse.header.")),
            v.pipe(v.string(), v.regex(/^'[^']*'$/, "Only static headers are served")),
          ),
        ),
        responseTemplates: v.optional(v.record(v.string(), v.string())),
      }),
    ),
    {},
  ),
});

const Resources = {
  "AWS::ApiGateway::RestApi": v.object({
    ApiKeySourceType: v.picklist(["AUTHORIZER", "HEADER"]),
    DisableExecuteApiEndpoint: v.optional(v.boolean(), false),
    Body,
  }),
  "AWS::ApiGateway::Stage": v.object({
    StageName: v.string(),
    Variables: v.optional(v.record(v.string(), v.string()), {}),
    AccessLogSetting: v.object({ Format: v.string() }),
  }),
  "AWS::ApiGateway::BasePathMapping": v.object({ BasePath: v.string() }),
  "AWS::ApiGateway::UsagePlan": v.object({
    Throttle: v.optional(v.object({ BurstLimit: v.number(), RateLimit: v.number() })),
    Quota: v.optional(
      v.object({ Limit: v.number(), Period: v.picklist(["DAY", "WEEK", "MONTH"]) }),
    ),
  }),
};

const Template = v.object({
  Resources: v.record(v.string(), v.object({ Type: v.string(), Properties: v.unknown() })),
});

/**
 * @param template a CloudFormation template, as it was deployed.
 * @throws ValiError where the template holds what the edge does not serve.
 */
export function createMount(
  ids: { restApiId: string; usagePlanId: string },
  template: unknown,
): Mount {
  const resources = Object.values(v.parse(Template, template).Resources);
  const properties = (type: string) => resources.find(({ Type }) => Type === type)?.Properties;
  const read = <Type extends keyof typeof Resources>(type: Type) =>
    v.parse(Resources[type], properties(type)) as v.InferOutput<(typeof Resources)[Type]>;

  const api = read("AWS::ApiGateway::RestApi");
  const stage = read("AWS::ApiGateway::Stage");
  const { Throttle, Quota } = read("AWS::ApiGateway::UsagePlan");
  const mapped = properties("AWS::ApiGateway::BasePathMapping") !== undefined;
  return {
    restApiId: ids.restApiId,
    basePath: mapped ? read("AWS::ApiGateway::BasePathMapping").BasePath : null,
    ownAddress: !api.DisableExecuteApiEndpoint,
    stage: {
      name: stage.StageName,
      variables: stage.Variables,
      accessLogFormat: stage.AccessLogSetting.Format,
    },
    keySource: api.ApiKeySourceType,
    guarded: properties("AWS::WAFv2::WebACLAssociation") !== undefined,
    usagePlan: {
      id: ids.usagePlanId,
      throttle: Throttle
        ? { burstLimit: Throttle.BurstLimit, rateLimit: Throttle.RateLimit }
        : null,
      quota: Quota ? { limit: Quota.Limit, period: Quota.Period } : null,
    },
    gatewayResponses: api.Body["x-amazon-apigateway-gateway-responses"],
    routes: Object.entries(api.Body.paths)
      .map(([resource, item]) => createRoute(resource, item, api.Body.components.securitySchemes))
      .sort(bySpecificity),
  };
}

type Schemes = Record<string, v.InferOutput<typeof Scheme>>;

const verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const anyVerb = "x-amazon-apigateway-any-method";

function createRoute(resource: string, item: Record<string, unknown>, schemes: Schemes): Route {
  const methods = Object.entries(item)
    .filter(([verb]) => verbs.includes(verb) || verb === anyVerb)
    .map(([verb, operation]): [string, Method] => [
      verb === anyVerb ? "ANY" : verb.toUpperCase(),
      createMethod(v.parse(Operation, operation), schemes),
    ]);
  return {
    resource,
    resourceId: createHash("sha256").update(resource).digest("hex").slice(0, 6),
    segments: segmentsOf(resource),
    methods: new Map(methods),
  };
}

function createMethod(operation: v.InferOutput<typeof Operation>, schemes: Schemes): Method {
  const integration = operation["x-amazon-apigateway-integration"];
  const required = operation.security.flatMap(Object.keys).map((name) => {
    const scheme = schemes[name];
    if (scheme === undefined) throw new TypeError(`There is no security scheme ${name}`);
    return scheme;
  });
  const authorizer = required.find((scheme) => scheme["x-amazon-apigateway-authtype"] === "custom");
  const authorizerUri = authorizer?.["x-amazon-apigateway-authorizer"]?.authorizerUri;
  return {
    authorizer: authorizerUri === undefined ? null : functionArnOf(authorizerUri),
    keyRequired: required.some(({ type, name }) => type === "apiKey" && name === "x-api-key"),
    functionArn: functionArnOf(integration.uri),
    timeoutMs: integration.timeoutInMillis,
  };
}

/** `arn:…:lambda:path/2021-11-15/functions/{function ARN}/response-streaming-invocations` */
function functionArnOf(uri: string): string {
  const arn = /:lambda:path\/[\d-]+\/functions\/(arn:[^/]+)\/[a-z-]*invocations$/.exec(uri)?.[1];
  if (arn === undefined) throw new TypeError(`${uri} names no function`);
  return arn;
}
