import { Resource } from "sst";
import { defaultPolicy } from "../policy.ts";
import { base, sqsClient, queue } from "./linked.ts";

export function sweeperDeps() {
  const sqs = sqsClient();
  return {
    ...base(),
    runQueue: queue(sqs, Resource.RunQueue),
    deployQueue: queue(sqs, Resource.DeployQueue),
    syncQueue: queue(sqs, Resource.SyncQueue),
    webhookQueue: queue(sqs, Resource.WebhookQueue),
    policy: defaultPolicy,
  };
}
