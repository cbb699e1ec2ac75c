import type { Id } from "@outlet/core/foundation/id";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type {
  Clock,
  Log,
  Metrics,
  Model,
  ObjectStore,
  Provisioner,
  Queue,
  QuotaCounters,
  Randomness,
  Retriever,
  Table,
} from "@outlet/core/ports";
import type { Publication } from "@outlet/core/publishing/publication";
import type { AuthenticationEnv, AuthenticationOptions } from "./authentication.ts";
import type { RequestIdEnv } from "../http/request-id.ts";

export interface ControlApiDeps {
  table: Table;
  objects: ObjectStore;
  retriever: Retriever;
  deployQueue: Queue;
  runQueue: Queue;
  syncQueue: Queue;
  /** For test runs: the very port that published bots answer by. */
  model: Model;
  provisioner: Provisioner;
  /** What the gateway saw of published bots. */
  metrics: Metrics;
  quotaCounters: QuotaCounters;
  clock: Clock;
  ids: Id.Ids;
  randomness: Randomness;
  catalog: ModelCatalog.Catalog;
  pepper: Uint8Array;
  log: Log;
  policy: { openMax: number };
  /** Name of the account and Region that new publications go to. */
  cell: string;
  /** Whether stacks of older templates are brought up to date. */
  templateUpgrades: boolean;
  /** Where a publication is reached, without a trailing slash. */
  endpointOf: (place: Pick<Publication.Info, "restApiId" | "stage" | "endpoint">) => string;
  /** What a publication's resources cost in a month when nobody calls, micro-USD. */
  restingCostOf: (publication: Publication.Info) => number;
  authentication: AuthenticationOptions;
}

export interface ControlEnv {
  Bindings: { event?: { requestContext?: { requestId?: string } } };
  Variables: RequestIdEnv["Variables"] & AuthenticationEnv["Variables"];
}
