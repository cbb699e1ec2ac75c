import type { Conversation } from "@outlet/core/conversations/conversation";
import type { Id } from "@outlet/core/foundation/id";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type { Clock, Log, ObjectStore, Queue, Table } from "@outlet/core/ports";

export interface PublishedApiDeps {
  table: Table;
  objects: ObjectStore;
  runQueue: Queue;
  clock: Clock;
  ids: Id.Ids;
  catalog: ModelCatalog.Catalog;
  log: Log;
  policy: Conversation.AcceptDeps["policy"] & Conversation.WaitPolicy;
}
