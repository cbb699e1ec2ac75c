import { watchFunction } from "./alarms";
import { allowLoop, functionDefaults, logEnvironment } from "./function-defaults";
import { apiDomainName } from "./api-domain";
import { itemGrants, objectGrants, pollingOnly, queryGrant, sendGrant } from "./grants";
import { installation } from "./installation";
import { authorizer, publishedApi } from "./published-api";
import { publishingGrants, stackPrefix } from "./publishing-grants";
import { keyPepper } from "./secrets";
import { templateUpgrades, usagePlansMax } from "./settings";
import { stackRole } from "./stack-role";
import { payloads, table } from "./storage";
import { removeSecretsGrant, toolSecrets } from "./tool-secrets";
import { vectorGrants } from "./vectors";
import { webAcl } from "./waf";
import { watchedQueue } from "./watched-queue";

/** What the stack of a bot is made from. */
export const publishing = new sst.Linkable("Publishing", {
  properties: {
    serviceRoleArn: stackRole.arn,
    publishedApiFunctionArn: publishedApi.arn,
    authorizerFunctionArn: authorizer.arn,
    webAclArn: webAcl.arn,
    templateUpgrades,
    usagePlansMax: String(usagePlansMax),
    // Only once it is there may a bot's stack name it.
    apiDomain: apiDomainName?.domainName ?? "",
  },
});

/** Names bots whose publication has to go on; a message's delay is the time between two looks. */
export const { queue: deployQueue, dead: deployDeadLetters } = watchedQueue("Deploy", {
  visibilityTimeout: "30 minutes",
  lateSeconds: 3_600,
});

const deployer = deployQueue.subscribe(
  {
    ...functionDefaults,
    handler: "packages/functions/src/workers/deployer/lambda.handler",
    timeout: "5 minutes",
    memory: "512 MB",
    environment: logEnvironment("deployer"),
    link: [installation, publishing, keyPepper, toolSecrets, table, payloads, deployQueue],
    permissions: [
      itemGrants("Get", "Put", "Update", "Delete"),
      queryGrant("listing", "open"),
      objectGrants("Delete"),
      sendGrant(deployQueue),
      removeSecretsGrant,
      ...vectorGrants("remove"),
      ...publishingGrants,
    ],
  },
  {
    batch: { size: 1, partialResponses: true },
    // The least there is. What may not overlap is kept apart by a slot in the table.
    transform: {
      function: pollingOnly,
      eventSourceMapping: { scalingConfig: { maximumConcurrency: 2 } },
    },
  },
);

watchFunction("Deployer", deployer.nodes.function);
allowLoop("Deployer", deployer.nodes.function);

/** A stack that has come to an end is told of at once; looking again and again is only the net. */
const stackEvents = new aws.cloudwatch.EventRule("StackEvents", {
  description: "Stacks of published bots that have come to an end.",
  eventPattern: $jsonStringify({
    source: ["aws.cloudformation"],
    "detail-type": ["CloudFormation Stack Status Change"],
    detail: {
      "stack-id": [{ prefix: stackPrefix }],
      "status-details": { status: [{ suffix: "_COMPLETE" }, { suffix: "_FAILED" }] },
    },
  }),
});
new aws.cloudwatch.EventTarget("StackEventsToDeployQueue", {
  rule: stackEvents.name,
  arn: deployQueue.arn,
});
new aws.sqs.QueuePolicy("DeployQueueFromStackEvents", {
  queueUrl: deployQueue.url,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sqs:SendMessage"],
        resources: [deployQueue.arn],
        principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
        conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [stackEvents.arn] }],
      },
    ],
  }).json,
});
