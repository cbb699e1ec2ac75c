import { createHash } from "node:crypto";
import type { StackSpec } from "@outlet/core/ports";
import { createAccessLogFormat } from "./access-log-format.ts";
import { customDomain } from "./custom-domain.ts";
import { alarms } from "./alarms.ts";
import { inferenceProfiles } from "./inference-profiles.ts";
import { apiName } from "./names.ts";
import { createOpenApiBody } from "./open-api-body.ts";
import type { Json, JsonObject, Platform, Resource, Template } from "./template-types.ts";
import * as Text from "@outlet/core/foundation/text";

export type { Json, JsonObject, Platform, Template } from "./template-types.ts";

/** Raised when what {@link createTemplate} makes from the same spec changes. */
const templateNumber = "5";

/**
 * Version of the template on this platform: another one wherever the same spec would give another
 * stack, so that stacks made before a change are found and brought up to date.
 */
export function templateVersion(platform: Platform): string {
  const names = Object.entries(platform).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash("sha256").update(JSON.stringify(names)).digest("hex");
  return `${templateNumber}-${digest.slice(0, 8)}`;
}

/** What CloudFormation takes as `TemplateBody`. */
export const templateBodyMaxBytes = 51_200;

/** Where a stack's access log lies. */
export const accessLogGroup = (stackName: string): string => `/outlet/published/${stackName}`;

/** Custom metrics counted from the access log, one value per bot. */
export const metricNamespace = "Outlet/PublishedApi";

const metrics: Record<string, string> = {
  ThrottledRequests: '{ $.errorType = "THROTTLED" }',
  QuotaExceededRequests: '{ $.errorType = "QUOTA_EXCEEDED" }',
  RefusedKeys:
    '{ ($.errorType = "INVALID_API_KEY") || ($.errorType = "ACCESS_DENIED") || ($.errorType = "UNAUTHORIZED") }',
  RefusedAddresses: '{ $.errorType = "WAF_FILTERED" }',
};

/**
 * The CloudFormation stack of one published bot: its REST API and what guards, counts and logs it.
 * No compute is in it. The same spec and platform always give the same bytes.
 *
 * @example
 * const body = templateBody(createTemplate(spec, platform));
 */
export function createTemplate(spec: StackSpec, platform: Platform): Template {
  const name = apiName(spec.botId, platform.stage);
  const tags = createTags(spec, platform);
  const version = templateVersion(platform);
  const body = createOpenApiBody(name, version, spec, platform);
  const deploymentId = deploymentLogicalId(body);
  const botMetrics = {
    namespace: metricNamespace,
    dimensions: [{ Name: "BotId", Value: spec.botId }],
  };
  const domain = customDomain(spec, platform);
  const profiles = inferenceProfiles(spec, platform, tags);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Outlet: the published API of bot ${spec.botId}`,
    Resources: {
      RestApi: restApi(name, body, tags, domain.restApi),
      [deploymentId]: {
        Type: "AWS::ApiGateway::Deployment",
        Properties: { RestApiId: { Ref: "RestApi" } },
      },
      AccessLog: {
        Type: "AWS::Logs::LogGroup",
        Properties: {
          LogGroupName: accessLogGroup(spec.stackName),
          RetentionInDays: platform.accessLogRetentionDays,
          Tags: tags,
        },
      },
      Stage: stage(spec, platform, deploymentId, tags, domain.stageVariables),
      UsagePlan: usagePlan(spec, name, tags),
      WebAclAssociation: webAclAssociation(platform),
      ...domain.resources,
      ...metricFilters(),
      ...alarms(spec, name, botMetrics, tags),
      ...profiles.resources,
    },
    Outputs: {
      ...profiles.outputs,
      RestApiId: { Value: { Ref: "RestApi" } },
      UsagePlanId: { Value: { Ref: "UsagePlan" } },
      TemplateVersion: { Value: version },
      Endpoint: {
        Value: {
          "Fn::Sub": "https://${RestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}",
        },
      },
      ...domain.outputs,
    },
  };
}

/**
 * The template as CloudFormation takes it inline.
 * @throws RangeError where it is larger than `TemplateBody` may be.
 */
export function templateBody(template: Template): string {
  const body = JSON.stringify(template);
  const bytes = Buffer.byteLength(body);
  if (bytes >= templateBodyMaxBytes) {
    throw new RangeError(`The template has ${bytes} bytes; less than 51,200 are allowed`);
  }
  return body;
}

/**
 * A deployment is a snapshot: without a new one, a changed API is not served. A logical id that
 * carries the body's hash makes CloudFormation create one exactly when there is something to deploy.
 */
export function deploymentLogicalId(body: Json): string {
  return `Deployment${createHash("sha256").update(JSON.stringify(body)).digest("hex").slice(0, 16)}`;
}

function restApi(name: string, body: JsonObject, tags: JsonObject[], more: JsonObject): Resource {
  return {
    Type: "AWS::ApiGateway::RestApi",
    Properties: {
      Name: name,
      ApiKeySourceType: "AUTHORIZER",
      // Dual stack, or addresses of an IPv6 allow list could never arrive.
      EndpointConfiguration: { Types: ["REGIONAL"], IpAddressType: "dualstack" },
      Body: body,
      FailOnWarnings: true,
      Mode: "overwrite",
      ...more,
      Tags: tags,
    },
  };
}

function stage(
  spec: StackSpec,
  platform: Platform,
  deploymentId: string,
  tags: JsonObject[],
  variables: JsonObject,
): Resource {
  return {
    Type: "AWS::ApiGateway::Stage",
    Properties: {
      RestApiId: { Ref: "RestApi" },
      DeploymentId: { Ref: deploymentId },
      StageName: spec.stage,
      Variables: {
        botId: spec.botId,
        stackName: spec.stackName,
        cell: platform.cell,
        templateVersion: templateVersion(platform),
        ...variables,
      },
      AccessLogSetting: {
        // Not `GetAtt Arn`, which ends in `:*`: the stage wants the group itself.
        DestinationArn: {
          "Fn::Sub":
            "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AccessLog}",
        },
        Format: createAccessLogFormat(spec.botId),
      },
      // Execution logs stay off: the service would make a log group that outlives the stack.
      MethodSettings: [
        { HttpMethod: "*", ResourcePath: "/*", LoggingLevel: "OFF", DataTraceEnabled: false },
      ],
      Tags: tags,
    },
  };
}

function usagePlan(spec: StackSpec, name: string, tags: JsonObject[]): Resource {
  const { throttle, quota } = spec;
  return {
    Type: "AWS::ApiGateway::UsagePlan",
    Properties: {
      UsagePlanName: name,
      // Refs, so that the stage is made before the plan and the plan goes before the stage.
      ApiStages: [{ ApiId: { Ref: "RestApi" }, Stage: { Ref: "Stage" } }],
      ...(throttle && {
        Throttle: { BurstLimit: throttle.burstLimit, RateLimit: throttle.rateLimit },
      }),
      ...(quota && { Quota: { Limit: quota.limit, Period: quota.period } }),
      Tags: tags,
    },
  };
}

function webAclAssociation(platform: Platform): Resource {
  return {
    Type: "AWS::WAFv2::WebACLAssociation",
    Properties: {
      // A stage's ARN has no account in it.
      ResourceArn: {
        "Fn::Sub":
          "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestApi}/stages/${Stage}",
      },
      WebACLArn: platform.webAclArn,
    },
  };
}

function metricFilters(): Record<string, Resource> {
  const filters = Object.entries(metrics).map(([metricName, pattern]): [string, Resource] => [
    `${metricName}Metric`,
    {
      Type: "AWS::Logs::MetricFilter",
      Properties: {
        LogGroupName: { Ref: "AccessLog" },
        FilterPattern: pattern,
        MetricTransformations: [
          {
            MetricNamespace: metricNamespace,
            MetricName: metricName,
            MetricValue: "1",
            Unit: "Count",
            // No default value: CloudWatch Logs refuses one together with dimensions.
            Dimensions: [{ Key: "BotId", Value: "$.botId" }],
          },
        ],
      },
    },
  ]);
  return Object.fromEntries(filters);
}

/** What a bot's resources are told apart by on the bill and in searches. */
export function createTags(spec: StackSpec, platform: Platform): { Key: string; Value: string }[] {
  const tag = (key: string, value: string) => ({
    Key: `outlet:${key}`,
    // What AWS allows in a tag's value; an owner's id comes from the identity provider.
    Value: Text.cut(value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "_"), 256),
  });
  return [
    tag("bot-id", spec.botId),
    tag("owner-id", spec.ownerId),
    tag("cell", platform.cell),
    ...(platform.stage ? [tag("stage", platform.stage)] : []),
    tag("template-version", templateVersion(platform)),
  ];
}
