import { stackRole } from "./stack-role";
import { accountId, partition, region } from "./stage";

/** What the ids of all stacks of bots begin with. */
export const stackPrefix = $interpolate`arn:${partition}:cloudformation:${region}:${accountId}:stack/outlet-bot-`;
const stacks = $interpolate`${stackPrefix}*/*`;
const gateway = (path: string) => $interpolate`arn:${partition}:apigateway:${region}::${path}`;

export const describeStacksGrant = {
  actions: ["cloudformation:DescribeStacks", "cloudformation:DescribeStackEvents"],
  resources: [stacks],
};

/** The gateway's own keys, which belong to no stack. */
export const gatewayKeyGrants = [
  { actions: ["apigateway:POST", "apigateway:GET"], resources: [gateway("/apikeys")] },
  { actions: ["apigateway:DELETE"], resources: [gateway("/apikeys/*")] },
  { actions: ["apigateway:POST"], resources: [gateway("/usageplans/*/keys")] },
];

/** Each key's use of its quota, and what the gateway measured; CloudWatch knows no narrower right. */
export const metricsGrants = [
  {
    actions: ["apigateway:GET"],
    resources: [gateway("/usageplans/*/keys"), gateway("/usageplans/*/usage")],
  },
  { actions: ["cloudwatch:GetMetricData"], resources: ["*"] },
];

/** Lines of the bots' access logs, for the page Requests. */
export const accessLogGrant = {
  actions: ["logs:FilterLogEvents"],
  resources: [
    $interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:/outlet/published/outlet-bot-*`,
  ],
};

/** What the deployer may do to stacks of bots; the resources in them are CloudFormation's to make. */
export const publishingGrants = [
  describeStacksGrant,
  {
    actions: [
      "CreateStack",
      "UpdateStack",
      "DeleteStack",
      "ContinueUpdateRollback",
      "TagResource",
    ].map((action) => `cloudformation:${action}`),
    resources: [stacks],
  },
  {
    actions: ["iam:PassRole"],
    resources: [stackRole.arn],
    conditions: [
      {
        test: "StringEquals",
        variable: "iam:PassedToService",
        values: ["cloudformation.amazonaws.com"],
      },
    ],
  },
  ...gatewayKeyGrants,
  { actions: ["apigateway:GET"], resources: [gateway("/usageplans/*/keys")] },
];
