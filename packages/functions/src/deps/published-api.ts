import * as Id from "@outlet/core/foundation/id";
import { systemClock } from "@outlet/core/ports";
import * as Key from "@outlet/core/publishing/key";
import { Resource } from "sst";
import { defaultPolicy } from "../policy.ts";
import { base, catalog, sqsClient, queue } from "./linked.ts";
import { objects } from "./objects.ts";

export function publishedApiDeps() {
  const sqs = sqsClient();
  const shared = base();
  return {
    ...shared,
    objects: objects(),
    runQueue: queue(sqs, Resource.RunQueue),
    ids: Id.createIds(systemClock),
    catalog: catalog(),
    policy: defaultPolicy,
    // Each call is in a process of its own: who waits is known to the table alone.
    waiters: Key.createTableWaiters(shared, defaultPolicy.waitersMax),
  };
}
