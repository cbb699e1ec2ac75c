/**
 * What the readers of a run stream: an append-only log of events, each written once and numbered 0,
 * 1, 2, …, over all attempts of the run. The protocol is `docs/run-protocol/EventLog.tla`.
 */
export * as EventLog from "./index.ts";

export { type Event, Told } from "./events.ts";
export {
  type FollowDeps,
  type FollowOptions,
  type FollowPolicy,
  follow,
  type Idle,
} from "./follow.ts";
export {
  close,
  closingOf,
  extend,
  fence,
  type LogDeps,
  raze,
  readRecords,
  remove,
  replay,
  type Rest,
  spentMs,
  tellLost,
} from "./log.ts";
export { toldCalls } from "./told-calls.ts";
export { openWriter, type WritePolicy, type Writer, type WriterDeps } from "./writer.ts";
