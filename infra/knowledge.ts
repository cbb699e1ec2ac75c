import { watchQueue } from "./alarms";
import { functionDefaults, logEnvironment } from "./function-defaults";
import { bucketListGrant, itemGrants, objectGrants, pollingOnly, queryGrant } from "./grants";
import { installation } from "./installation";
import { payloads, table } from "./storage";

const dead = new sst.aws.Queue("SyncDeadLetters", {
  transform: { queue: { messageRetentionSeconds: 14 * 86_400 } },
});

/** Names bots that have sources to read. */
export const syncQueue = new sst.aws.Queue("SyncQueue", {
  visibilityTimeout: "90 minutes",
  dlq: { queue: dead.arn, retry: 5 },
});

syncQueue.subscribe(
  {
    ...functionDefaults,
    handler: "packages/functions/src/workers/syncer/lambda.handler",
    // Adobe's character maps: most Japanese PDF files without fonts of their own need them.
    copyFiles: [{ from: "packages/core/assets/cmaps", to: "cmaps" }],
    timeout: "15 minutes",
    memory: "2048 MB",
    environment: logEnvironment("syncer"),
    link: [installation, table, payloads],
    permissions: [
      itemGrants("Get", "Put", "Update"),
      queryGrant(),
      objectGrants("Get", "Put", "Delete"),
      bucketListGrant,
    ],
  },
  {
    batch: { size: 1, partialResponses: true },
    transform: {
      function: pollingOnly,
      eventSourceMapping: { scalingConfig: { maximumConcurrency: 4 } },
    },
  },
);

watchQueue("SyncQueue", syncQueue, dead, 900);
