import { createTemplate, type Platform } from "@outlet/aws/published-stack/template";
import { beforeAll, expect, test } from "vitest";
import { everything, program } from "../program.ts";
import { permissionsOf } from "./resource-schemas.ts";

/** What a bot's stack may hold at most. */
const spec = {
  botId: "01BOT",
  stackName: "outlet-bot-01BOT",
  stage: "api",
  ownerId: "owner",
  throttle: { burstLimit: 1, rateLimit: 1 },
  quota: { limit: 1, period: "DAY" as const },
  allowedOrigins: ["*"],
  alerts: {
    emails: ["owner@example.com"],
    errorRatePercent: 1,
    p99Ms: 1,
    quotaUsedPercent: 1,
  },
  modelIds: ["amazon.nova-lite-v1:0"],
};
const platform: Platform = {
  partition: "aws",
  region: "us-east-1",
  accountId: "111122223333",
  cell: "111122223333/us-east-1",
  publishedApiFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:api",
  authorizerFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:authorizer",
  webAclArn: "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/outlet/1",
  accessLogRetentionDays: 30,
  inferenceProfiles: true,
  apiDomain: "bots.example.com",
};

/** What the schemas declare for properties and kinds of targets that no bot's stack has. */
const withoutUse: Record<string, RegExp> = {
  "a firewall before something other than API Gateway":
    /^(elasticloadbalancing|appsync|cognito-idp|apprunner|ec2|amplify|bedrock-agentcore):|^wafv2:(Get|Put)PermissionPolicy$/,
  "an API from a file in S3, or with a policy of its own":
    /^s3:GetObject$|^apigateway:UpdateRestApiPolicy$/,
  "roles handed to API Gateway or SNS": /^iam:(GetRole|PassRole)$/,
  "log groups with keys, policies, indexes, tokens, deliveries or protection":
    /^logs:(Associate|Disassociate)KmsKey$|^logs:(Put|Delete)(DataProtection|Index|Resource)Policy$|^logs:(CreateLogDelivery|PutBearerTokenAuthentication|PutLogGroupDeletionProtection)$|^s3:REST\.PUT\.OBJECT$|^firehose:TagDeliveryStream$/,
  "topics that mask data": /^sns:PutDataProtectionPolicy$/,
};
const isWithoutUse = (action: string) => Object.values(withoutUse).some((re) => re.test(action));

let granted: string[];
const declared = new Set<string>();
beforeAll(async () => {
  const graph = await program("prod", everything);
  const statements = graph.statements(graph.one("aws:iam/role:Role", "StackRole"));
  granted = [...new Set(statements.flatMap(({ Action }) => Action))];
  const resources = Object.values(createTemplate(spec, platform).Resources);
  for (const type of new Set(resources.map(({ Type }) => Type)))
    for (const action of permissionsOf(type)) declared.add(action);
});

const missing = (actions: string[]) =>
  [...declared].filter((action) => !actions.includes(action) && !isWithoutUse(action));

test("the stack role may do what CloudFormation says that it calls for a bot's resources", () => {
  expect(missing(granted)).toEqual([]);
});

test("the stack role may do nothing that no such resource needs", () => {
  expect(granted.filter((action) => !declared.has(action) || isWithoutUse(action))).toEqual([]);
});

test("any single action taken from the stack role is missed", () => {
  for (const action of granted) {
    expect(missing(granted.filter((other) => other !== action))).toEqual([action]);
  }
});

test("every excuse stands for something that is declared", () => {
  for (const [reason, pattern] of Object.entries(withoutUse))
    expect([reason, [...declared].some((action) => pattern.test(action))]).toEqual([reason, true]);
});
