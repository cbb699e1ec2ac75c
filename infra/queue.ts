import { alarm } from "./alarms";
import { allowLoop, functionDefaults, logEnvironment } from "./function-defaults";
import {
  bucketListGrant,
  itemGrants,
  modelGrant,
  objectGrants,
  pollingOnly,
  queryGrant,
  sendGrant,
} from "./grants";
import { installation } from "./installation";
import { inferenceProfiles } from "./settings";
import { payloads, table } from "./storage";
import { watchedQueue } from "./watched-queue";
import { webhookQueue } from "./webhooks";

/**
 * Doorbells of conversations. Standard and fair: senders name the bot as the message group. A
 * conversation whose worker died does not wait so long: the sweeper rings for it again.
 */
const { queue, dead } = watchedQueue("Run", {
  visibilityTimeout: "90 minutes",
  lateSeconds: 900,
  deadVisibilityTimeout: "6 minutes",
});
export const runQueue = queue;

export const worker = runQueue.subscribe(
  {
    ...functionDefaults,
    handler: "packages/functions/src/workers/worker/lambda.handler",
    timeout: "15 minutes",
    memory: "1024 MB",
    environment: logEnvironment("worker"),
    link: [installation, table, payloads, runQueue, webhookQueue],
    permissions: [
      itemGrants("Get", "Put", "Update"),
      queryGrant(),
      objectGrants("Get", "Put", "Delete"),
      bucketListGrant,
      sendGrant(runQueue),
      sendGrant(webhookQueue),
      modelGrant({ byProfile: inferenceProfiles === "on" }),
    ],
  },
  {
    batch: { size: 10, partialResponses: true },
    transform: {
      function: pollingOnly,
      eventSourceMapping: { scalingConfig: { maximumConcurrency: 50 } },
    },
  },
);

/** Rings again for what is still awaited, so that nothing ends here unseen. */
const deadLetters = dead.subscribe(
  {
    ...functionDefaults,
    handler: "packages/functions/src/workers/dead-letters/lambda.handler",
    timeout: "1 minute",
    memory: "512 MB",
    environment: logEnvironment("dead-letters"),
    link: [installation, table, runQueue],
    permissions: [itemGrants("Get"), sendGrant(runQueue)],
  },
  { batch: { size: 10, partialResponses: true }, transform: { function: pollingOnly } },
);

// A worker hands over what it has no time for, and a dead bell is rung again.
allowLoop("Worker", worker.nodes.function);
allowLoop("DeadLetters", deadLetters.nodes.function);

// They are drained before a depth is measured.
alarm("RunDeadLettersSeen", "Doorbells of conversations failed for good.", {
  namespace: "AWS/Lambda",
  metricName: "Invocations",
  dimensions: { FunctionName: deadLetters.nodes.function.name },
  statistic: "Sum",
  above: 0,
});
