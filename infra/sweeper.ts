import { watchFunction } from "./alarms";
import { functionDefaults, logEnvironment } from "./function-defaults";
import { itemGrants, queryGrant, sendGrant } from "./grants";
import { installation } from "./installation";
import { syncQueue } from "./knowledge";
import { deployQueue } from "./publishing";
import { runQueue } from "./queue";
import { table } from "./storage";
import { webhookQueue } from "./webhooks";

/** Rings where something is open and nobody is at work. */
const sweeper = new sst.aws.CronV2("Sweeper", {
  schedule: "rate(1 minute)",
  function: {
    ...functionDefaults,
    handler: "packages/functions/src/workers/sweeper/lambda.handler",
    timeout: "50 seconds",
    memory: "512 MB",
    environment: logEnvironment("sweeper"),
    link: [installation, table, runQueue, deployQueue, syncQueue, webhookQueue],
    permissions: [
      itemGrants("Get", "BatchGet", "Update"),
      queryGrant("open"),
      sendGrant(runQueue),
      sendGrant(deployQueue),
      sendGrant(syncQueue),
      sendGrant(webhookQueue),
    ],
  },
});

watchFunction("Sweeper", sweeper.nodes.function);
