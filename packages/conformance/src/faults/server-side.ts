import { Retrieval } from "@outlet/core/bots/retrieval";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type { Randomness } from "@outlet/core/ports";
import { createSweeper } from "@outlet/functions/workers/sweeper/handler";
import { createWorker } from "@outlet/functions/workers/worker/handler";
import type { SQSEvent } from "aws-lambda";
import type { Acknowledge, Broker } from "./broker.ts";
import type { Plan } from "./plan.ts";
import type { policy } from "./policy.ts";
import { portsOf, type Surroundings } from "./ports.ts";
import { type Mood, scriptedModel, type Speak } from "./scripted-model.ts";
import type { Process } from "./world.ts";

/** What all handlers are given, whichever process they run in. */
export interface Shared {
  catalog: ModelCatalog.Catalog;
  randomness: Randomness;
  policy: typeof policy;
}

interface Options {
  surroundings: Surroundings;
  shared: Shared;
  broker: Broker;
  plan: Plan;
  skew: () => number;
  mood: () => Mood;
  speak: Speak | undefined;
}

/**
 * As many functions at work on the queue as the plan says, each a process of its own.
 * @returns whether none is at work.
 */
export function startWorkers(options: Options): () => boolean {
  const { surroundings, broker, plan } = options;
  const { world } = surroundings;
  const offsets = Array.from({ length: plan.workers }, options.skew);
  const busy = new Map<number, Process>();
  let incarnations = 0;
  world.offer(() =>
    broker.deliveries(plan.workers - busy.size, (event, done) => {
      const slot = offsets.findIndex((_, i) => !busy.has(i));
      const worker = world.start(`w${slot}.${++incarnations}`, offsets[slot] ?? 0);
      busy.set(slot, worker);
      invoke(options, worker, { event, done, free: () => void busy.delete(slot) });
    }),
  );
  return () => busy.size === 0;
}

/** One invocation: ends by itself, by a fault, or at its time limit. */
function invoke(
  { surroundings, shared, plan, mood, speak }: Options,
  worker: Process,
  { event, done, free }: { event: SQSEvent; done: Acknowledge; free: () => void },
): void {
  const { world, journal, faults } = surroundings;
  const ports = portsOf({ ...surroundings, killed: free }, worker, true);
  const dies = () => {
    const fault = faults.atCall({ worker: true, write: false });
    if (fault !== "killBefore" && fault !== "killAfter") return false;
    world.note(`  ! ${fault}`);
    world.kill(worker);
    free();
    return true;
  };
  const model = scriptedModel(
    { world, journal, mood, dies },
    worker,
    plan.isWire ? speak : undefined,
  );
  const retriever = Retrieval.createRetriever(ports);
  const handle = createWorker({ ...shared, ...ports, runQueue: ports.queue, model, retriever });
  const endsAt = world.now() + shared.policy.functionMs;
  let isOver = false;
  world.at(endsAt, "", () => {
    if (isOver || !worker.alive) return;
    world.note(`${worker.name} is ended at its time limit`);
    world.kill(worker);
    free();
  });
  world.spawn(
    worker,
    () => handle(event, { getRemainingTimeInMillis: () => endsAt - world.now() }),
    (outcome) => {
      isOver = true;
      free();
      if ("error" in outcome) return world.note(`${worker.name} threw ${outcome.error}`);
      const failed = outcome.value.batchItemFailures.map((item) => item.itemIdentifier);
      world.at(world.now(), "", () => done(new Set(failed)));
    },
  );
}

/** The sweeper, by its schedule. */
export function startSweeper({ surroundings, shared, plan, skew }: Options): void {
  const { world } = surroundings;
  const offset = skew();
  const sweep = () => {
    world.at(world.now() + plan.sweepEveryMs, "", sweep);
    const sweeper = world.start("sweeper", offset);
    const { queue, ...ports } = portsOf(surroundings, sweeper, false);
    // The other queues are no part of the protocol.
    const elsewhere = { send: async () => {} };
    const queues = {
      runQueue: queue,
      deployQueue: elsewhere,
      syncQueue: elsewhere,
      webhookQueue: elsewhere,
    };
    world.spawn(sweeper, createSweeper({ ...shared, ...ports, ...queues }), () => {});
  };
  world.at(world.now() + plan.sweepEveryMs, "", sweep);
}
