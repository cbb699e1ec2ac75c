import { Bot } from "@outlet/core/bot";
import { ModelCatalog } from "@outlet/core/model-catalog";
import type { Randomness } from "@outlet/core/ports";
import { createSweeper } from "@outlet/functions/sweeper";
import { createWorker } from "@outlet/functions/worker";
import * as v from "valibot";
import { createBroker } from "./broker.ts";
import { createClientSide } from "./clients.ts";
import { createFaults } from "./faults.ts";
import { createIds } from "./ids.ts";
import { assertAtRest, isAtRest } from "./invariants.ts";
import { createJournal, Violation } from "./journal.ts";
import type { Plan } from "./plan.ts";
import { policy } from "./policy.ts";
import { type Surroundings, portsOf } from "./ports.ts";
import { createPrng } from "./prng.ts";
import { scriptedModel, type Speak } from "./scripted-model.ts";
import { type Lane, type Stores, within } from "./stores.ts";
import { createWorld, type Process, StepsExhausted, type World } from "./world.ts";

export interface EpisodeOptions {
  /** Chooses everything; the same seed and plan give the same episode. */
  seed: string;
  plan: Plan;
  stores: Stores;
  lane: Lane;
  speak?: Speak | undefined;
  /** Numbers of faults that are left out, to find out which of them matter. */
  leftOut?: ReadonlySet<number>;
}

export interface Episode {
  violation: Violation | undefined;
  log: readonly string[];
  /** Messages whose client has seen the 200. */
  acknowledged: number;
  accepted: number;
  statuses: Record<string, number>;
  faults: ReadonlyMap<string, number>;
  steps: number;
  /** Calls of worker ports; kill points go up to here. */
  workerCalls: number;
  abandoned: number;
}

let episodes = 0;
const stepsMax = 20_000;
/** How long accepted runs may take once nothing goes wrong any more: every run has its deadline. */
const patienceMs = 900_000;

/** Plays one episode against the real stores, until everything is at rest, and checks it. */
export async function playEpisode(options: EpisodeOptions): Promise<Episode> {
  const { plan, stores, lane } = options;
  const prng = createPrng(options.seed);
  // Close to the end of an hour: entries of the ledger are kept by the hour.
  const startMs = Date.UTC(2026, 0, 1, 12) - prng.below(60_000);
  const world = createWorld(prng, startMs);
  const faults = createFaults(createPrng(`${options.seed}/faults`), plan.rates, {
    killPoint: plan.killPoint,
    leftOut: options.leftOut,
  });
  const journal = createJournal();
  const space = `E${process.pid}.${++episodes}.`;
  const trusted = { ...stores.trusted, table: within(stores.trusted.table, space) };
  const broker = createBroker({ world, faults, lane, visibilityMs: plan.visibilityMs });
  const surroundings: Surroundings = {
    world,
    faults,
    journal,
    table: within(stores.table, space),
    objects: stores.objects,
    trusted,
    send: (body, group, delaySeconds) => broker.send(body, group, delaySeconds),
    outages: new Set(),
    // Often for longer than a lease.
    stallMs: () => policy.leaseMs * (0.5 + 2 * prng.next()),
    killed: () => {},
  };
  const catalog = ModelCatalog.createCatalog(["claude-v4.5-haiku"]);
  const botId = await createBot(surroundings, catalog);
  const shared = {
    catalog,
    randomness: randomnessOf(world),
    policy: { ...policy, openMax: plan.openMax },
  };
  const skew = () => (plan.skewMs ? prng.between(-plan.skewMs, plan.skewMs) : 0);
  let isCalm = false;
  let workerCalls = 0;

  // Workers: as many functions at once as the plan says, each a process of its own.
  const offsets = Array.from({ length: plan.workers }, skew);
  const busy = new Map<number, Process>();
  let incarnations = 0;
  world.offer(() =>
    broker.deliveries(plan.workers - busy.size, (event, done) => {
      const slot = offsets.findIndex((_, i) => !busy.has(i));
      const worker = world.start(`w${slot}.${++incarnations}`, offsets[slot] ?? 0);
      busy.set(slot, worker);
      const free = () => {
        if (busy.get(slot) === worker) busy.delete(slot);
      };
      const ports = portsOf({ ...surroundings, killed: free }, worker, true);
      const dies = () => {
        workerCalls += 1;
        const fault = faults.atCall({ worker: true, write: false });
        if (fault !== "killBefore" && fault !== "killAfter") return false;
        world.note(`  ! ${fault}`);
        world.kill(worker);
        free();
        return true;
      };
      const mood = () => (isCalm ? "well" : plan.mood);
      const model = scriptedModel(
        { world, journal, mood, dies },
        worker,
        plan.isWire ? options.speak : undefined,
      );
      const handle = createWorker({ ...shared, ...ports, runQueue: ports.queue, model });
      const endsAt = world.now() + policy.functionMs;
      world.at(endsAt, "", () => {
        if (busy.get(slot) !== worker) return;
        world.note(`${worker.name} is ended at its time limit`);
        world.kill(worker);
        free();
      });
      const context = { getRemainingTimeInMillis: () => endsAt - world.now() };
      world.spawn(
        worker,
        () => handle(event, context),
        (outcome) => {
          free();
          if ("error" in outcome) return world.note(`${worker.name} threw ${outcome.error}`);
          const failed = outcome.value.batchItemFailures.map((item) => item.itemIdentifier);
          world.at(world.now(), "", () => done(new Set(failed)));
        },
      );
    }),
  );

  // The sweeper, by its schedule.
  const sweepOffset = skew();
  const sweep = () => {
    world.at(world.now() + plan.sweepEveryMs, "", sweep);
    const sweeper = world.start("sweeper", sweepOffset);
    const ports = portsOf(surroundings, sweeper, false);
    const deps = {
      ...shared,
      ...ports,
      runQueue: ports.queue,
      deployQueue: ports.queue,
      syncQueue: ports.queue,
    };
    world.spawn(sweeper, createSweeper(deps), () => {});
  };
  world.at(startMs + plan.sweepEveryMs, "", sweep);

  const clients = createClientSide({ surroundings, shared, botId, plan, skew, startMs });
  for (const { store, fromMs, untilMs } of plan.outages) {
    world.at(startMs + fromMs, `the ${store} is out`, () => void surroundings.outages.add(store));
    world.at(startMs + untilMs, `the ${store} is back`, () => {
      surroundings.outages.delete(store);
    });
  }
  let calmSince = Number.POSITIVE_INFINITY;
  world.at(startMs + plan.calmAtMs, "calm from here on", () => {
    isCalm = true;
    faults.stop();
    surroundings.outages.clear();
    calmSince = world.now();
  });

  const atRest = () => clients.done() && busy.size === 0 && isAtRest(journal, world.now());
  let steps = 0;
  try {
    steps = await world.run(() => {
      if (journal.violation) return true;
      if (world.now() > calmSince + patienceMs) return true;
      // Without faults left to come there is no need to wait for the calm.
      return atRest() && (isCalm || clients.planDone());
    }, stepsMax);
  } catch (error) {
    if (!(error instanceof StepsExhausted)) throw error;
    journal.fail(new Violation("EveryRunEnds", error.message));
  }
  if (!journal.violation && !atRest()) {
    const open = [...journal.items.values()].filter((item) => item.sk === "HEAD");
    const said = open.map((head) => JSON.stringify({ open: head.open, lease: head.leaseUntil }));
    journal.fail(new Violation("EveryRunEnds", `not at rest past the deadline: ${said.join(" ")}`));
  }
  if (!journal.violation) {
    await assertAtRest({ journal, table: trusted.table, clients });
  }
  const runs = [...journal.items.values()].filter(({ sk }) => sk.startsWith("RUN#"));
  return {
    violation: journal.violation,
    log: world.log,
    acknowledged: clients.acknowledged.size,
    accepted: [...journal.arrivals.values()].flat().length,
    statuses: countBy(runs.map((run) => String(run.status))),
    faults: faults.counts,
    steps,
    workerCalls,
    abandoned: [...journal.items.values()].filter(
      ({ pk, abandoned }) => pk.startsWith("USAGE#") && abandoned === true,
    ).length,
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
