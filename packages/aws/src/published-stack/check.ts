import {
  deploymentLogicalId,
  type Json,
  type JsonObject,
  type Template,
  templateBodyMaxBytes,
} from "./template.ts";

/**
 * What AWS's own validator does not look at: the API inside the Body, the quota's period, sizes.
 * @returns one sentence for each fault; nothing where the template may be deployed.
 */
export function checkTemplate(template: Template): string[] {
  const findings: string[] = [];
  const bytes = Buffer.byteLength(JSON.stringify(template));
  if (bytes >= templateBodyMaxBytes) findings.push(`The template has ${bytes} bytes`);
  for (const type of singletons) {
    const count = ofType(template, type).length;
    if (count !== 1) findings.push(`${count} resources of type ${type}, not one`);
  }
  for (const [, api] of ofType(template, "AWS::ApiGateway::RestApi")) {
    findings.push(...checkRestApi(api), ...checkBody(api.Body), ...checkDeployment(template, api));
  }
  for (const [, stage] of ofType(template, "AWS::ApiGateway::Stage")) {
    findings.push(...checkStage(stage));
  }
  for (const [, plan] of ofType(template, "AWS::ApiGateway::UsagePlan")) {
    findings.push(...checkUsagePlan(plan));
  }
  findings.push(...checkDomain(template));
  for (const [id, filter] of ofType(template, "AWS::Logs::MetricFilter")) {
    findings.push(...checkMetricFilter(id, filter));
  }
  return findings;
}

const singletons = [
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Deployment",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGateway::UsagePlan",
  "AWS::Logs::LogGroup",
  "AWS::WAFv2::WebACLAssociation",
];

const verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const anyVerb = "x-amazon-apigateway-any-method";

const streamingUri =
  /^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path\/2021-11-15\/functions\/arn:[^/]+\/response-streaming-invocations$/;
const authorizerUri =
  /^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/arn:[^/]+\/invocations$/;

function checkRestApi(api: JsonObject): string[] {
  const findings: string[] = [];
  // CloudWatch's dimension is the API's name, and drops what is not ASCII.
  if (typeof api.Name !== "string" || !/^[\x20-\x7e]+$/.test(api.Name)) {
    findings.push("The API's name is not literal ASCII");
  }
  if (api.ApiKeySourceType !== "AUTHORIZER") findings.push("The key source is not AUTHORIZER");
  if (api.FailOnWarnings !== true) findings.push("The import does not fail on warnings");
  return findings;
}

function checkBody(body: Json | undefined): string[] {
  const api = asObject(body);
  const schemes = asObject(asObject(api.components).securitySchemes);
  const findings = [...checkAuthorizers(schemes), ...checkGatewayResponses(api)];
  const paths = Object.entries(asObject(api.paths));
  if (paths.length === 0) findings.push("The API has no paths");
  for (const [path, item] of paths) {
    for (const [verb, operation] of Object.entries(asObject(item))) {
      if (!verbs.includes(verb) && verb !== anyVerb) continue;
      const where = `${verb.toUpperCase()} ${path}`;
      findings.push(...checkOperation(where, asObject(operation)));
      findings.push(...checkSecurity(where, verb, asObject(operation), schemes));
    }
  }
  return findings;
}

function checkOperation(where: string, operation: JsonObject): string[] {
  const integration = asObject(operation["x-amazon-apigateway-integration"]);
  const findings: string[] = [];
  if (integration.type !== "aws_proxy") findings.push(`${where} has no Lambda proxy integration`);
  if (integration.httpMethod !== "POST") findings.push(`${where} does not invoke by POST`);
  if (integration.responseTransferMode !== "STREAM") findings.push(`${where} does not stream`);
  if (!streamingUri.test(asText(integration.uri))) {
    findings.push(`${where} does not invoke a function with response streaming`);
  }
  const timeout = Number(integration.timeoutInMillis);
  if (!(timeout >= 50 && timeout <= 900_000)) findings.push(`${where} has no sound timeout`);
  return findings;
}

/** Behind the authorizer and the usage plan, or a preflight, which carries no credentials. */
function checkSecurity(
  where: string,
  verb: string,
  operation: JsonObject,
  schemes: JsonObject,
): string[] {
  const requirements = Array.isArray(operation.security) ? operation.security : [];
  if (verb === "options") return requirements.length === 0 ? [] : [`${where} asks for a key`];
  const objects = requirements.map((requirement) => Object.keys(asObject(requirement)));
  if (objects.some((names) => names.length !== 1)) {
    return [`${where} has requirements that are not in objects of their own`];
  }
  const names = objects.flat();
  const findings: string[] = [];
  if (!names.some((name) => isAuthorizer(asObject(schemes[name])))) {
    findings.push(`${where} is not behind the authorizer`);
  }
  if (!names.some((name) => isApiKey(asObject(schemes[name])))) {
    findings.push(`${where} is not behind the usage plan`);
  }
  return findings;
}

function isAuthorizer(scheme: JsonObject): boolean {
  return scheme["x-amazon-apigateway-authtype"] === "custom";
}

function isApiKey(scheme: JsonObject): boolean {
  return scheme.type === "apiKey" && scheme.name === "x-api-key" && scheme.in === "header";
}

function checkAuthorizers(schemes: JsonObject): string[] {
  const findings: string[] = [];
  for (const [name, value] of Object.entries(schemes)) {
    const scheme = asObject(value);
    if (!isAuthorizer(scheme)) continue;
    const authorizer = asObject(scheme["x-amazon-apigateway-authorizer"]);
    if (authorizer.type !== "request") findings.push(`${name} is no request authorizer`);
    if (authorizer.authorizerResultTtlInSeconds !== 0) findings.push(`${name} caches its answers`);
    if (!authorizerUri.test(asText(authorizer.authorizerUri))) {
      findings.push(`${name} invokes no function`);
    }
  }
  return findings;
}

function checkGatewayResponses(api: JsonObject): string[] {
  const responses = asObject(api["x-amazon-apigateway-gateway-responses"]);
  const findings: string[] = [];
  for (const type of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
    if (asObject(responses[type]).statusCode !== undefined) {
      findings.push(`${type} sets a status code, which overwrites every other`);
    }
  }
  for (const [type, response] of Object.entries(responses)) {
    for (const value of Object.values(asObject(asObject(response).responseParameters))) {
      if (!/^'[^']*'$/.test(asText(value)))
        findings.push(`${type} has a header that is not static`);
    }
  }
  return findings;
}

function checkDeployment(template: Template, api: JsonObject): string[] {
  const [deployment] = ofType(template, "AWS::ApiGateway::Deployment");
  if (deployment === undefined || api.Body === undefined) return [];
  return deployment[0] === deploymentLogicalId(api.Body)
    ? []
    : ["The deployment's logical id does not carry the body's hash"];
}

function checkStage(stage: JsonObject): string[] {
  const findings: string[] = [];
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(asText(stage.StageName))) {
    findings.push("The stage's name is not allowed");
  }
  for (const [name, value] of Object.entries(asObject(stage.Variables))) {
    if (!/^[A-Za-z0-9_]+$/.test(name) || !/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(asText(value))) {
      findings.push(`The stage variable ${name} is not allowed`);
    }
  }
  const format = asObject(stage.AccessLogSetting).Format;
  if (typeof format !== "string" || !format.includes("$context.requestId")) {
    findings.push("The access log names no request");
  } else {
    if (/\$context\.identity\.apiKey(?!Id)/.test(format)) {
      findings.push("The access log would hold keys");
    }
    if (/\n/.test(format)) findings.push("The access log format is more than one line");
  }
  return findings;
}

function checkUsagePlan(plan: JsonObject): string[] {
  const findings: string[] = [];
  if (plan.Quota !== undefined) {
    const { Limit, Period } = asObject(plan.Quota);
    if (Period !== "DAY" && Period !== "WEEK" && Period !== "MONTH") {
      findings.push(`The quota's period is ${asText(Period)}`);
    }
    if (!isWhole(Limit) || Limit < 1) findings.push("The quota's limit is no positive number");
  }
  if (plan.Throttle !== undefined) {
    const { BurstLimit, RateLimit } = asObject(plan.Throttle);
    if (!isWhole(BurstLimit) || BurstLimit < 0) findings.push("The burst limit is no whole number");
    if (typeof RateLimit !== "number" || !(RateLimit >= 0) || !Number.isFinite(RateLimit)) {
      findings.push("The rate limit is no number");
    }
  }
  const stages = Array.isArray(plan.ApiStages) ? plan.ApiStages : [];
  if (stages.length !== 1 || asObject(asObject(stages[0]).Stage).Ref === undefined) {
    findings.push("The usage plan does not refer to the stage");
  }
  return findings;
}

/** A closed address without another one would leave the bot without any. */
function checkDomain(template: Template): string[] {
  const mappings = ofType(template, "AWS::ApiGateway::BasePathMapping");
  const [api] = ofType(template, "AWS::ApiGateway::RestApi");
  if (mappings.length === 0) {
    const closed = api?.[1].DisableExecuteApiEndpoint === true;
    return closed ? ["The API's own address is closed, and there is no other"] : [];
  }
  return mappings.flatMap(([, { BasePath, RestApiId, Stage }]) => [
    ...(/^[A-Za-z0-9]+$/.test(asText(BasePath)) ? [] : ["The base path is not one plain segment"]),
    ...(asObject(RestApiId).Ref !== undefined && asObject(Stage).Ref !== undefined
      ? []
      : ["The base path does not refer to API and stage"]),
  ]);
}

function checkMetricFilter(id: string, filter: JsonObject): string[] {
  const transformations = Array.isArray(filter.MetricTransformations)
    ? filter.MetricTransformations
    : [];
  return transformations.flatMap((value) => {
    const { DefaultValue, Dimensions } = asObject(value);
    const both = DefaultValue !== undefined && Dimensions !== undefined;
    return both ? [`${id} has a default value together with dimensions`] : [];
  });
}

function ofType(template: Template, type: string): [logicalId: string, properties: JsonObject][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties]);
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function isWhole(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value);
}
