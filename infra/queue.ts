import { allowLoop, functionDefaults, logEnvironment } from "./function-defaults";
import {
  bucketListGrant,
  embeddingGrants,
  knowledgeBaseGrants,
  itemGrants,
  modelGrant,
  objectGrants,
  pollingOnly,
  queryGrant,
  rerankGrants,
  sendGrant,
} from "./grants";
import { installation } from "./installation";
import { inferenceProfiles } from "./settings";
import { payloads, table } from "./storage";
import { readSecretGrant, toolSecrets } from "./tool-secrets";
import { vectorGrants } from "./vectors";
import { watchedQueue } from "./watched-queue";
import { webhookQueue } from "./webhooks";

/**
 * Doorbells of conversations. Standard and fair: senders name the bot as the message group. A
 * conversation whose worker died does not wait so long: the sweeper rings for it again.
 */
export const { queue: runQueue, dead: runDeadLetters } = watchedQueue("Run", {
  visibilityTimeout: "90 minutes",
  lateSeconds: 900,
});

export const worker = runQueue.subscribe(
  {
    ...functionDefaults,
    handler: "packages/functions/src/workers/worker/lambda.handler",
    timeout: "15 minutes",
    memory: "1024 MB",
    environment: logEnvironment("worker"),
    link: [installation, toolSecrets, table, payloads, runQueue, webhookQueue],
    permissions: [
      readSecretGrant,
      itemGrants("Get", "Put", "Update"),
      queryGrant(),
      objectGrants("Get", "Put", "Delete"),
      bucketListGrant,
      sendGrant(runQueue),
      sendGrant(webhookQueue),
      modelGrant({ byProfile: inferenceProfiles === "on" }),
      ...embeddingGrants,
      ...knowledgeBaseGrants,
      ...rerankGrants,
      ...vectorGrants("search"),
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

// A worker hands over what it has no time for.
allowLoop("Worker", worker.nodes.function);
