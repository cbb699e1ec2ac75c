import { functionDefaults, logEnvironment } from "./function-defaults";
import {
  bucketListGrant,
  embeddingGrants,
  itemGrants,
  objectGrants,
  pollingOnly,
  queryGrant,
} from "./grants";
import { installation } from "./installation";
import { payloads, table } from "./storage";
import { vectorGrants } from "./vectors";
import { watchedQueue } from "./watched-queue";

/** Names bots that have sources to read. */
export const { queue: syncQueue, dead: syncDeadLetters } = watchedQueue("Sync", {
  visibilityTimeout: "90 minutes",
  lateSeconds: 900,
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
      // Pages that a site does not have any more are removed.
      itemGrants("Get", "Put", "Update", "Delete"),
      queryGrant(),
      objectGrants("Get", "Put", "Delete"),
      bucketListGrant,
      ...embeddingGrants,
      ...vectorGrants("sync"),
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
