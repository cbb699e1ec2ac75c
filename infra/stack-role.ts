import { botProfilesArn, modelArns } from "./grants";
import { inferenceProfiles } from "./settings";
import { accountId, partition, region } from "./stage";
import { apiDomain } from "./settings";
import { webAcl } from "./waf";

const arn = (service: string, resource: string, account: $util.Input<string> = accountId) =>
  $interpolate`arn:${partition}:${service}:${region}:${account}:${resource}`;

const restApis = [arn("apigateway", "/restapis", ""), arn("apigateway", "/restapis/*", "")];
/** The paths of bots under the domain of published APIs, where there is one. */
const basePaths = apiDomain
  ? [
      arn("apigateway", `/domainnames/${apiDomain}/basepathmappings`, ""),
      arn("apigateway", `/domainnames/${apiDomain}/basepathmappings/*`, ""),
    ]
  : [];
const plans = [arn("apigateway", "/usageplans", ""), arn("apigateway", "/usageplans/*", "")];
const tags = arn("apigateway", "/tags/*", "");
const changes = ["POST", "PUT", "PATCH", "DELETE"].map((verb) => `apigateway:${verb}`);
/** As the template tags them. */
const ofThisStage = {
  test: "StringEquals",
  variable: "aws:ResourceTag/outlet:stage",
  values: [$app.stage],
};
/** CloudFormation names both after the stack. */
const alarms = [arn("cloudwatch", `alarm:outlet-${$app.stage}-bot-*`)];
const topics = [arn("sns", `outlet-${$app.stage}-bot-*`)];
const logGroups = [arn("logs", `log-group:/outlet/published/outlet-${$app.stage}-bot-*`)];

/** https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html */
const profileStatements =
  inferenceProfiles === "off"
    ? []
    : [
        { actions: ["bedrock:CreateInferenceProfile"], resources: [...modelArns, botProfilesArn] },
        {
          actions: [
            "GetInferenceProfile",
            "DeleteInferenceProfile",
            "TagResource",
            "UntagResource",
            "ListTagsForResource",
          ].map((action) => `bedrock:${action}`),
          resources: [botProfilesArn],
        },
      ];

/** What CloudFormation may do for the stack of a published bot; nobody else takes this role. */
export const stackRole = new aws.iam.Role("StackRole", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: ["cloudformation.amazonaws.com"] }],
      },
    ],
  }).json,
  inlinePolicies: [
    {
      name: "published-bot",
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [
          // What is not there any more has no tags: reading it must say so, not be refused.
          { actions: ["apigateway:GET"], resources: [...restApis, ...plans, ...basePaths, tags] },
          {
            actions: ["apigateway:POST"],
            resources: [arn("apigateway", "/restapis", ""), arn("apigateway", "/usageplans", "")],
          },
          // Ids say nothing of the stage: what is made in an API or a plan inherits its tags
          // (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html).
          {
            actions: changes,
            resources: [
              arn("apigateway", "/restapis/*", ""),
              arn("apigateway", "/usageplans/*", ""),
            ],
            conditions: [ofThisStage],
          },
          { actions: changes, resources: [...basePaths, tags] },
          {
            actions: ["apigateway:SetWebACL"],
            resources: [arn("apigateway", "/restapis/*/stages/*", "")],
          },
          {
            actions: [
              "wafv2:AssociateWebACL",
              "wafv2:DisassociateWebACL",
              "wafv2:GetWebACLForResource",
              "wafv2:GetWebACL",
            ],
            resources: [webAcl.arn, arn("apigateway", "/restapis/*/stages/*", "")],
          },
          {
            actions: [
              "CreateLogGroup",
              "DeleteLogGroup",
              "PutRetentionPolicy",
              "DeleteRetentionPolicy",
              "TagResource",
              "UntagResource",
              "ListTagsForResource",
              "PutMetricFilter",
              "DeleteMetricFilter",
              "DescribeMetricFilters",
              // Read of every log group that it has made, whether it has such a policy or not.
              "GetDataProtectionPolicy",
            ].map((action) => `logs:${action}`),
            resources: logGroups,
          },
          {
            // They take no resource: with an ARN they would be refused.
            actions: ["DescribeLogGroups", "DescribeResourcePolicies", "DescribeIndexPolicies"].map(
              (action) => `logs:${action}`,
            ),
            resources: ["*"],
          },
          {
            actions: [
              "PutMetricAlarm",
              "DeleteAlarms",
              "TagResource",
              "UntagResource",
              "ListTagsForResource",
            ].map((action) => `cloudwatch:${action}`),
            resources: alarms,
          },
          { actions: ["cloudwatch:DescribeAlarms"], resources: [arn("cloudwatch", "alarm:*")] },
          {
            actions: [
              "CreateTopic",
              "DeleteTopic",
              "GetTopicAttributes",
              "SetTopicAttributes",
              "GetDataProtectionPolicy",
              "Subscribe",
              "Unsubscribe",
              "ListSubscriptionsByTopic",
              "TagResource",
              "UntagResource",
              "ListTagsForResource",
            ].map((action) => `sns:${action}`),
            resources: topics,
          },
          ...profileStatements,
        ],
      }).json,
    },
  ],
});
