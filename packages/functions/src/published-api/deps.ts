import type { Conversation } from "@outlet/core/conversations/conversation";
import type { EventLog } from "@outlet/core/conversations/event-log";
import type { Id } from "@outlet/core/foundation/id";
import type { Key } from "@outlet/core/publishing/key";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type { Clock, Log, ObjectStore, Queue, QuotaCounters, Table } from "@outlet/core/ports";

export interface PublishedApiDeps {
  table: Table;
  objects: ObjectStore;
  runQueue: Queue;
  clock: Clock;
  ids: Id.Ids;
  catalog: ModelCatalog.Catalog;
  log: Log;
  /** Aborted when the process has to end: callers that wait are told how things stand. */
  stopping?: AbortSignal;
  /** What the gateway has counted of a key; absent where it cannot be asked on every request. */
  quotaCounters?: QuotaCounters;
  /** Who waits with a key; nobody counts where absent. */
  waiters?: Key.Waiters;
  policy: Conversation.AcceptDeps["policy"] &
    Conversation.WaitPolicy &
    EventLog.FollowPolicy &
    HoldPolicy;
}

/** How long a caller that waits is held, and how it is told that somebody is still there. */
interface HoldPolicy {
  /** A blocking call that takes longer is kept alive by white space; its status is 200 from then on. */
  quietMaxMs: number;
  /** Between two signs of life. */
  beatMs: number;
  /** Longer than that no answer may take: the gateway ends it soon after. */
  holdMaxMs: number;
  /** A stream in which nothing comes for so long is cut: its reader may have gone, and asks again if not. */
  silenceMaxMs: number;
}
