/** A right that no emulator can judge. */
export interface Unjudged {
  /** The function whose role has it. */
  role: string;
  right: string;
  reason: string;
}

export const unjudged: readonly Unjudged[] = [
  {
    role: "worker",
    right: "ssm:GetParameter",
    reason:
      "no scenario has a model that calls a tool; the control API's tries one by the same code",
  },
  {
    role: "deployer",
    right: "cloudformation:TagResource",
    reason: "CloudFormation asks for it where a stack is made with tags; MiniStack does not",
  },
  {
    role: "control-api",
    right: "cloudformation:DescribeEvents",
    reason: "asked of a stack that has failed, for what CloudFormation's validation found",
  },
];

/** Roles that are no function's, and what is known of their rights. */
export const otherRoles: Readonly<Record<string, string>> = {
  StackRole:
    "MiniStack does as root whatever role CloudFormation is given; judged by AWS's schemas of the resources (stack-role.test.ts)",
  SweeperRole:
    "lambda:InvokeFunction of the schedule: MiniStack's schedules invoke as root; one action on one function, by the graph",
  APIGatewayPushToCloudWatchLogsRole:
    "AWS's own policy, for the account: MiniStack writes no access logs",
};

/** What every function has besides its own. */
export const everyFunction: readonly string[] = [
  "all functions: logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents of AWSLambdaBasicExecutionRole: MiniStack writes their logs as root",
];
