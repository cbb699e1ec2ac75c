import { systemRandomness } from "@outlet/core/ports";
import { Resource } from "sst";
import { createGuardedHttp } from "../outbound/guarded-http.ts";
import { defaultPolicy } from "../policy.ts";
import { base, sqsClient, queue } from "./linked.ts";

export const webhooksDeps = () => ({
  ...base(),
  webhookQueue: queue(sqsClient(), Resource.WebhookQueue),
  randomness: systemRandomness,
  http: createGuardedHttp(),
  policy: defaultPolicy,
});
