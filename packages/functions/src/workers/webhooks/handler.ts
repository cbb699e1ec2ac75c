import * as Delivery from "@outlet/core/conversations/delivery";
import { handleBatch, type QueueHandler } from "../batch.ts";

/** Tells webhooks: each record names a delivery that is to be tried. */
export function createWebhooks(deps: Delivery.Deps): QueueHandler {
  return function handleDeliveries(event) {
    return handleBatch(event, deps.log, (record) =>
      Delivery.deliver(deps, Delivery.parse(record.body)),
    );
  };
}
