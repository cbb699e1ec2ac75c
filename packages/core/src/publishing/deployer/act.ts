import * as Bot from "../../bots/bot/index.ts";
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
import * as Publication from "../publication/index.ts";

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
    /** Seconds between the first looks at a stack that is being made. */
    pollSeconds: number;
    /** Longer than any one look can take: until then nobody else looks at that publication. */
    deployLeaseMs: number;
  };
}

export type Outcome =
  /** @property againInSeconds when to look again; `null`: when CloudFormation or the sweeper rings. */
  | { done: false; againInSeconds: number | null }
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
  return { done: false, againInSeconds: nextLook(deps, publication) };
}

/** What takes longer than so is left to the sweeper, which comes once a minute. */
const ownRingSecondsMax = 60;

/**
 * More and more rarely, then not at all: what a stack comes to is told by CloudFormation, and a
 * function that rings for itself some 16 times in a row is taken for an endless loop
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
 */
function nextLook({ clock, policy }: Deps, { operation, upgrade }: Publication.Info) {
  const now = clock.now();
  const seconds = (now - (operation?.startedAt ?? upgrade?.startedAt ?? now)) / 1000;
  const again = Math.max(policy.pollSeconds, Math.round(seconds / 2));
  return again > ownRingSecondsMax ? null : again;
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
