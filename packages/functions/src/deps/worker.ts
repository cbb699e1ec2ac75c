import * as Delivery from "@outlet/core/conversations/delivery";
import * as Id from "@outlet/core/foundation/id";
import { systemClock, systemRandomness } from "@outlet/core/ports";
import { Resource } from "sst";
import { defaultPolicy } from "../policy.ts";
import { base, catalog, sqsClient, queue, inferenceProfiles } from "./linked.ts";
import { model } from "./model.ts";
import { objects } from "./objects.ts";
import { remoteTools } from "./remote-tools.ts";
import { retriever } from "./retriever.ts";

export function workerDeps() {
  const sqs = sqsClient();
  const stores = { ...base(), objects: objects() };
  return {
    ...stores,
    onRunEnded: Delivery.createHook({ ...stores, webhookQueue: queue(sqs, Resource.WebhookQueue) }),
    remoteTools: remoteTools(stores),
    retriever: retriever(stores),
    runQueue: queue(sqs, Resource.RunQueue),
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    catalog: catalog(),
    inferenceProfiles: inferenceProfiles(),
    model: model(),
    policy: defaultPolicy,
  };
}
