import { Resource } from "sst";
import { base, sqsClient, queue } from "./linked.ts";

export const deadLettersDeps = () => ({
  ...base(),
  runQueue: queue(sqsClient(), Resource.RunQueue),
});
