import { Bot } from "../../bots/bot/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import type {
  Clock,
  Log,
  ObjectStore,
  Provisioner,
  Randomness,
  StackSpec,
  Table,
} from "../../ports/index.ts";
import type { Key } from "../key/index.ts";
import { Publication } from "../publication/index.ts";

/** What a request to a new endpoint met. */
export type ProbeResult = Publication.Verification["result"];

export interface Deps extends Key.Peppered {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  randomness: Randomness;
  objects: ObjectStore;
  provisioner: Provisioner;
  catalog: ModelCatalog.Catalog;
  /** Calls the endpoint's health check with this key. */
  probe: (endpoint: string, apiKey: string) => Promise<ProbeResult>;
  /** Removes a piece of a bot and of all that its clients left. @returns whether nothing was left. */
  purge: (botId: string) => Promise<boolean>;
  log: Log;
  policy: {
    /** How long one look tries to get an answer from a new endpoint. */
    probeTimeoutMs: number;
    /** Seconds between two looks at a stack that is being made. */
    pollSeconds: number;
    /** Longer than any one look can take: until then nobody else looks at that publication. */
    deployLeaseMs: number;
  };
}

export type Outcome =
  | { done: false; againInSeconds: number }
  /** @property upgraded the template's upgrade has ended, well or not: the next may begin. */
  | { done: true; upgraded?: boolean };

export const done: Outcome = { done: true };

/** Later again. Said each time, so that the sweeper does not take it for forgotten. */
export async function wait(
  deps: Deps,
  publication: Publication.Info,
  progress = publication.progress,
): Promise<Outcome> {
  if (publication.operation) await Publication.save(deps, publication, { progress });
  else await Publication.amend(deps, publication, {});
  return { done: false, againInSeconds: deps.policy.pollSeconds };
}

/** The settings of the publication, and the models that its bot may answer with now. */
export async function specOf(
  { table, catalog }: Pick<Deps, "table" | "catalog">,
  publication: Publication.Info,
): Promise<StackSpec> {
  const { botId, stackName, ownerId, ownAddress } = publication;
  const { stage, throttle, quota, allowedOrigins, alerts } = publication;
  const bot = await Bot.fromId(table, botId);
  const models = bot ? [bot.model, ...bot.callerModels] : [];
  const modelIds = [...new Set(models.flatMap((name) => catalog.find(name)?.modelId ?? []))];
  const settings = { stage, throttle, quota, allowedOrigins, alerts };
  return { botId, stackName, ownerId, ...settings, ownAddress, modelIds };
}
