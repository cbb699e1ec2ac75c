import { Bot } from "@outlet/core/bots/bot";
import { ModelCatalog } from "@outlet/core/models/catalog";
import type { Randomness } from "@outlet/core/ports";
import * as v from "valibot";
import { type Broker, createBroker } from "./broker.ts";
import { assertBudgets, isSettled, payersOf } from "./budgets.ts";
import { createClientSide } from "./clients.ts";
import { createFaults } from "./faults.ts";
import { createIds } from "./ids.ts";
import { isTombstone } from "./item-fields.ts";
import { assertAtRest, isAtRest } from "./invariants.ts";
import { createJournal, type Journal, Violation } from "./journal.ts";
import { startOwner } from "./owner.ts";
import type { Plan } from "./plan.ts";
import { policy } from "./policy.ts";
import type { Surroundings } from "./ports.ts";
import { createPrng } from "./prng.ts";
import type { Speak } from "./scripted-model.ts";
import { type Lane, type Stores, within } from "./stores.ts";
import { type Shared, startSweeper, startWorkers } from "./server-side.ts";
import { createWorld, StepsExhausted, type World } from "./world.ts";

export interface EpisodeOptions {
  /** Chooses everything; the same seed and plan give the same episode. */
  seed: string;
  plan: Plan;
  stores: Stores;
  lane: Lane;
  speak?: Speak | undefined;
  /** Numbers of faults that are left out, to find out which of them matter. */
  leftOut?: ReadonlySet<number> | undefined;
}

export interface Episode {
  violation: Violation | undefined;
  log: readonly string[];
  /** Messages whose client has seen the 200. */
  acknowledged: number;
  /** Messages that a budget did not suffice for. */
  refused: number;
  accepted: number;
  statuses: Record<string, number>;
  faults: ReadonlyMap<string, number>;
  steps: number;
  abandoned: number;
}

let episodes = 0;
const stepsMax = 20_000;
/** How long accepted runs may take once nothing goes wrong any more: every run has its deadline. */
const patienceMs = 900_000;

/** Plays one episode against the real stores, until everything is at rest, and checks it. */
export async function playEpisode(options: EpisodeOptions): Promise<Episode> {
  const { plan, speak } = options;
  const prng = createPrng(options.seed);
  // Close to the end of an hour: entries of the ledger are kept by the hour.
  const startMs = Date.UTC(2026, 0, 1, 12) - prng.below(60_000);
  const world = createWorld(prng, startMs);
  const { surroundings, broker } = surround(options, world);
  const { journal, faults, trusted } = surroundings;
  const shared: Shared = {
    catalog: ModelCatalog.createCatalog(["claude-v4.5-haiku"]),
    randomness: randomnessOf(world),
    policy: {
      ...policy,
      openMax: plan.openMax,
      acceptsInOne: plan.acceptsInOne,
      queuedMaxMs: plan.queuedMaxMs,
    },
  };
  const botId = await createBot(surroundings, shared.catalog);
  const skew = () => (plan.skewMs ? prng.between(-plan.skewMs, plan.skewMs) : 0);
  const calm = startWeather(surroundings, plan, startMs);
  const mood = () => (calm.since === undefined ? plan.mood : "well");
  const server = { surroundings, shared, broker, plan, skew, mood, speak };
  const areIdle = startWorkers(server);
  startSweeper(server);
  const clients = createClientSide({ surroundings, shared, botId, plan, skew, startMs });

  const isContent = startOwner({ surroundings, shared, botId, plan, skew, startMs });

  if (plan.budgets) journal.budgets.limit(payersOf(botId, plan.budgets));
  const atRest = () =>
    clients.done() &&
    isContent() &&
    areIdle() &&
    isAtRest(journal, world.now()) &&
    (!plan.budgets || isSettled(journal));
  const isOver = () => {
    if (journal.violation) return true;
    if (calm.since !== undefined && world.now() > calm.since + patienceMs) return true;
    // Without faults left to come there is no need to wait for the calm.
    return atRest() && (calm.since !== undefined || clients.planDone());
  };
  const steps = await runWorld(world, journal, isOver);
  if (!journal.violation && !atRest()) {
    const open = [...journal.items.values()].filter((item) => item.sk === "HEAD");
    const said = open.map((head) => JSON.stringify({ open: head.open, lease: head.leaseUntil }));
    journal.fail(new Violation("EveryRunEnds", `not at rest past the deadline: ${said.join(" ")}`));
  }
  if (!journal.violation) await assertAtRest({ journal, table: trusted.table, clients });
  if (!journal.violation && plan.budgets) assertBudgets(journal);
  return {
    ...describe(journal),
    log: world.log,
    acknowledged: clients.acknowledged.size,
    refused: clients.refused,
    faults: faults.counts,
    steps,
  };
}

/** What the processes of one episode share: its part of the stores, and what may go wrong. */
function surround(
  { seed, plan, stores, lane, leftOut }: EpisodeOptions,
  world: World,
): { surroundings: Surroundings; broker: Broker } {
  const space = `E${process.pid}.${++episodes}.`;
  const { killPoint } = plan;
  const faults = createFaults(createPrng(`${seed}/faults`), plan.rates, { killPoint, leftOut });
  const broker = createBroker({ world, faults, lane, visibilityMs: plan.visibilityMs });
  const surroundings: Surroundings = {
    world,
    faults,
    journal: createJournal(),
    table: within(stores.table, space),
    objects: stores.objects,
    trusted: { ...stores.trusted, table: within(stores.trusted.table, space) },
    send: (body, group, delaySeconds) => broker.send(body, group, delaySeconds),
    outages: new Set(),
    // Often for longer than a lease.
    stallMs: () => policy.leaseMs * (0.5 + 2 * world.prng.next()),
    killed: () => {},
  };
  return { surroundings, broker };
}

/** Outages come and go; at last everything goes well. */
function startWeather(
  { world, outages, faults }: Surroundings,
  plan: Plan,
  startMs: number,
): { since: number | undefined } {
  const calm: { since: number | undefined } = { since: undefined };
  for (const { store, fromMs, untilMs } of plan.outages) {
    world.at(startMs + fromMs, `the ${store} is out`, () => void outages.add(store));
    world.at(startMs + untilMs, `the ${store} is back`, () => void outages.delete(store));
  }
  world.at(startMs + plan.calmAtMs, "calm from here on", () => {
    faults.stop();
    outages.clear();
    calm.since = world.now();
  });
  return calm;
}

async function runWorld(world: World, journal: Journal, isOver: () => boolean): Promise<number> {
  try {
    return await world.run(isOver, stepsMax);
  } catch (error) {
    if (!(error instanceof StepsExhausted)) throw error;
    journal.fail(new Violation("EveryRunEnds", error.message));
    return stepsMax;
  }
}

function describe({ items, arrivals, removed, violation }: Journal) {
  const all = [...items.values()];
  const runs = all.filter(({ sk }) => sk.startsWith("RUN#"));
  return {
    violation,
    accepted: [...arrivals.values()].flat().length + removed.size,
    statuses: countBy(runs.map((run) => (isTombstone(run) ? "deleted" : String(run.status)))),
    abandoned: all.filter(({ pk, abandoned }) => pk.startsWith("USAGE#") && abandoned === true)
      .length,
  };
}

/** Put there beforehand, not by a process. */
async function createBot(
  { trusted: { table }, world }: Surroundings,
  catalog: ModelCatalog.Catalog,
): Promise<string> {
  const clock = world.clockOf(world.start("owner", 0));
  const owner = { userId: "owner", username: "owner", groups: [] };
  const input = v.parse(Bot.Create, { title: "Bot", instruction: "Answer." });
  const bot = await Bot.create(
    { table, clock, ids: createIds(clock, world.prng), catalog },
    owner,
    input,
  );
  return bot.botId;
}

const randomnessOf = ({ prng }: World): Randomness => ({
  bytes: (length) => Uint8Array.from({ length }, () => prng.below(256)),
  fraction: () => prng.next(),
});

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
