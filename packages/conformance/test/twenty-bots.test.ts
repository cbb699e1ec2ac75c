import type { ObjectStore } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { createDeployer } from "@outlet/functions/workers/deployer/handler";
import type { SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryTable } from "../src/memory-table.ts";
import { openWorld, owner, type World } from "./publishing-world.ts";

let world: World;

beforeAll(async () => {
  // Nothing is in it: bots without knowledge.
  const objects: ObjectStore = {
    put: async () => undefined,
    get: async () => undefined,
    getRange: async () => undefined,
    remove: async () => undefined,
  };
  world = await openWorld({ table: createMemoryTable(), objects });
});
afterAll(() => world?.controlPlane.stop());

/** Of a function that sends to the queue it reads: the next message is stopped (AWS: "approximately"). */
const loopMax = 16;
/** API Gateway refuses a new key for so long. */
const keyDelayMs = 30_000;
/** The sweeper comes so often. */
const sweepMs = 60_000;

interface Bell {
  body: string;
  at: number;
  /** How many messages of the deployer's own led to it. */
  lineage: number;
}

/** The deploy queue with what AWS does to it: delays, loop detection, events of stacks, the sweeper. */
function createQueue() {
  const bells: Bell[] = [];
  const dead: Bell[] = [];
  const told = new Set<string>();
  let handling = -1;
  let sweptAt = world.clock.now();
  return {
    bells,
    dead,
    port: {
      send: async (body: string, { delaySeconds = 0 }: { delaySeconds?: number }) => {
        const bell = { body, at: world.clock.now() + delaySeconds * 1000, lineage: handling + 1 };
        (bell.lineage > loopMax ? dead : bells).push(bell);
      },
    },
    take(): Bell | undefined {
      bells.sort((a, b) => a.at - b.at);
      const bell = bells.shift();
      handling = bell?.lineage ?? -1;
      return bell;
    },
    /** EventBridge tells of a stack's end, and the sweeper rings for what stands still. */
    async meanwhile(botIds: readonly string[]): Promise<void> {
      handling = -1;
      const at = world.clock.now();
      for (const botId of botIds) {
        const stack = world.stack(botId);
        const name = `${stack?.id} ${stack?.status}`;
        if (!stack?.status.endsWith("_COMPLETE") || told.has(name)) continue;
        told.add(name);
        const detail = { "stack-id": stack.id };
        bells.push({
          body: JSON.stringify({ source: "aws.cloudformation", detail }),
          at,
          lineage: 0,
        });
      }
      if (at - sweptAt < sweepMs) return;
      sweptAt = at;
      for (const { botId, updatedAt } of await Publication.listInFlight(world.stored.table)) {
        if (updatedAt < at - sweepMs)
          bells.push({ body: JSON.stringify({ botId }), at, lineage: 0 });
      }
    },
  };
}

/** Nothing rings: time goes by until the sweeper does, or nothing is open any more. */
async function idle(queue: ReturnType<typeof createQueue>, botIds: readonly string[]) {
  if ((await Publication.listInFlight(world.stored.table)).length === 0) return undefined;
  world.pass(sweepMs);
  await queue.meanwhile(botIds);
  return queue.take();
}

/** Knows a key only some time after it was first seen, as API Gateway does. */
function createProbe() {
  const seen = new Map<string, number>();
  return async (_endpoint: string, key: string) => {
    const since = seen.get(key) ?? world.clock.now();
    seen.set(key, since);
    return world.clock.now() - since >= keyDelayMs ? ("reached" as const) : ("not_yet" as const);
  };
}

test("twenty bots published at once are all live, none deleted, no bell dead", async () => {
  const bots = await Promise.all(Array.from({ length: 20 }, world.sharedBot));
  const botIds = bots.map(({ botId }) => botId);
  const queue = createQueue();
  const commands = { ...world.commands(), deployQueue: queue.port };
  const published = v.parse(Publication.Publish, {});
  for (const bot of bots) await Publication.publish(commands, owner, bot, published);
  const begunAt = world.clock.now();
  const clock = { now: () => world.clock.now(), sleep: async (ms: number) => world.pass(ms) };
  const handle = createDeployer({
    ...world.deployer(),
    clock,
    probe: createProbe(),
    deployQueue: queue.port,
  });
  let deliveries = 0;
  for (;;) {
    const bell = queue.take() ?? (await idle(queue, botIds));
    if (!bell) break;
    expect((deliveries += 1)).toBeLessThan(1_500);
    world.pass(Math.max(0, bell.at - world.clock.now()));
    for (const botId of botIds) world.keepPlan(botId);
    const record = { messageId: "1", body: bell.body, attributes: {} } as SQSRecord;
    const answer = await handle({ Records: [record] }, { getRemainingTimeInMillis: () => 300_000 });
    expect(answer).toEqual({ batchItemFailures: [] });
    await queue.meanwhile(botIds);
  }
  expect(queue.dead).toEqual([]);
  const ended = await Promise.all(botIds.map(world.read));
  expect(ended.map(({ status, verified }) => `${status} ${verified?.result}`)).toEqual(
    Array(20).fill("published reached"),
  );
  const { starts, keys } = world.controlPlane;
  expect(starts.map(({ act }) => act)).toEqual(Array(20).fill("CREATE"));
  const gaps = starts.slice(1).map(({ at }, i) => (at - (starts[i]?.at ?? 0)) / 1000);
  // CreateDeployment: once in 5 s for an account.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5);
  // The probes' keys are gone; a look lasts as long as its key is refused, and here one is at work.
  expect([...keys.keys.values()]).toEqual([]);
  expect(world.clock.now() - begunAt).toBeLessThan(3_600_000);
}, 120_000);
