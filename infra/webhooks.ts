import { allowLoop, functionDefaults, logEnvironment } from "./function-defaults";
import { itemGrants, pollingOnly, sendGrant } from "./grants";
import { installation } from "./installation";
import { table } from "./storage";
import { watchedQueue } from "./watched-queue";

/** Names deliveries that are to be tried. Senders name the bot as the message group. */
export const { queue: webhookQueue, dead: webhookDeadLetters } = watchedQueue("Webhook", {
  visibilityTimeout: "6 minutes",
  lateSeconds: 1_800,
});

const webhooks = webhookQueue.subscribe(
  {
    ...functionDefaults,
    handler: "packages/functions/src/workers/webhooks/lambda.handler",
    timeout: "1 minute",
    memory: "512 MB",
    environment: logEnvironment("webhooks"),
    link: [installation, table, webhookQueue],
    permissions: [itemGrants("Get", "Update"), sendGrant(webhookQueue)],
  },
  {
    batch: { size: 10, partialResponses: true },
    transform: {
      function: pollingOnly,
      eventSourceMapping: { scalingConfig: { maximumConcurrency: 10 } },
    },
  },
);

// What has not arrived is tried again by a message of its own.
allowLoop("Webhooks", webhooks.nodes.function);
