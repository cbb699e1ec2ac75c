import { alarm } from "./alarms";
import { allowLoop, functionDefaults, logEnvironment } from "./function-defaults";
import { itemGrants, sendGrant } from "./grants";
import { installation } from "./installation";
import { syncDeadLetters } from "./knowledge";
import { deployDeadLetters } from "./publishing";
import { runDeadLetters, runQueue } from "./queue";
import { table } from "./storage";
import { webhookDeadLetters } from "./webhooks";

const queues = [runDeadLetters, deployDeadLetters, syncDeadLetters, webhookDeadLetters];

/**
 * Drains the dead letters of all queues, so that nothing ends there unseen and the alarm for them
 * ends too. Messages of conversations are sent again where somebody still waits; for publications,
 * knowledge and webhooks the sweeper rings as long as something is open.
 */
const deadLetters = new sst.aws.Function("DeadLetters", {
  ...functionDefaults,
  handler: "packages/functions/src/workers/dead-letters/lambda.handler",
  timeout: "1 minute",
  memory: "512 MB",
  environment: logEnvironment("dead-letters"),
  link: [installation, table, runQueue],
  permissions: [
    {
      actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      resources: queues.map(({ arn }) => arn),
    },
    itemGrants("Get"),
    sendGrant(runQueue),
  ],
});
for (const queue of queues) {
  queue.subscribe(deadLetters.arn, { batch: { size: 10, partialResponses: true } });
}

// A dead bell is rung again.
allowLoop("DeadLetters", $output(deadLetters));

// They are drained before a depth is measured.
alarm("DeadLettersSeen", "Messages failed for good; the function DeadLetters logs which.", {
  namespace: "AWS/Lambda",
  metricName: "Invocations",
  dimensions: { FunctionName: deadLetters.name },
  statistic: "Sum",
  above: 0,
});
