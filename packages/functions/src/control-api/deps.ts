import type { KnowledgeBase } from "@outlet/core/bots/knowledge-base";
import type { Tools } from "@outlet/core/bots/tools";
import type { Audit } from "@outlet/core/records/audit";
import type { Id } from "@outlet/core/foundation/id";
import type { Limits } from "@outlet/core/foundation/limits";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type {
  AccessLog,
  Clock,
  Http,
  Log,
  Metrics,
  Model,
  ObjectStore,
  Provisioner,
  Queue,
  QuotaCounters,
  Randomness,
  Retriever,
  SecretStore,
  Table,
  UploadStore,
  VectorStore,
} from "@outlet/core/ports";
import type { Key } from "@outlet/core/publishing/key";
import type { Publication } from "@outlet/core/publishing/publication";
import type { AuthenticationEnv, AuthenticationOptions } from "./authentication.ts";
import type { RequestIdEnv } from "../http/request-id.ts";

export interface ControlApiDeps extends Key.Peppered {
  table: Table;
  objects: ObjectStore;
  /** For files too large for one request. */
  uploads: UploadStore;
  /** What the bot under test may call outside. */
  remoteTools?: Tools.Remote;
  retriever: Retriever;
  /** Where vectors lie of a bot that is removed. */
  vectors?: Pick<VectorStore, "removeAll"> | undefined;
  /** To what owners name: documents, services, MCP servers. */
  http: Http;
  /** Of bots' tools. */
  secrets: SecretStore;
  deployQueue: Queue;
  runQueue: Queue;
  syncQueue: Queue;
  webhookQueue: Queue;
  /** For test runs: the very port that published bots answer by. */
  model: Model;
  provisioner: Provisioner;
  /** What the gateway saw of published bots. */
  metrics: Metrics;
  quotaCounters: QuotaCounters;
  /** Everything that reached published bots. */
  accessLog: AccessLog;
  clock: Clock;
  ids: Id.Ids;
  randomness: Randomness;
  catalog: ModelCatalog.Catalog;
  /** Knowledge bases that bots may answer from; none where absent. */
  knowledgeBases?: readonly KnowledgeBase.Allowed[] | undefined;
  log: Log;
  policy: { openMax: number };
  /** How much one person may have and do, and how long keys live. */
  limits: Limits.Info;
  /** Name of the account and Region that new publications go to. */
  cell: string;
  /** What the names of their stacks begin with; `outlet-bot-` where absent. */
  stackPrefix?: string;
  /** Whether stacks of older templates are brought up to date. */
  templateUpgrades: boolean;
  /** Where a publication is reached, without a trailing slash; `null` without a stack. */
  endpointOf: (place: Pick<Publication.Info, "stack" | "stage" | "endpoint">) => string | null;
  /** What a publication's resources cost in a month when nobody calls, micro-USD. */
  restingCostOf: (publication: Publication.Info) => number;
  authentication: AuthenticationOptions;
}

/** What a handler tells of its act, for the audit log, that nobody else can know. */
export interface Told {
  /** Of what was made. */
  botId?: string;
  targetId?: string;
  /** How it is afterwards, where that cannot be read: it goes on at once, or nothing stands still. */
  after?: Audit.Snapshot;
}

export interface ControlEnv {
  Bindings: { event?: { requestContext?: { requestId?: string } } };
  Variables: RequestIdEnv["Variables"] &
    AuthenticationEnv["Variables"] & {
      /** What the handler has told of its act. */
      audit?: Told;
    };
}
