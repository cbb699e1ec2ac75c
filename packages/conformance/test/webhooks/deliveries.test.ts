import { Delivery } from "@outlet/core/conversations/delivery";
import { Id } from "@outlet/core/foundation/id";
import { type Clock, type Log, type Queue, silentLog, systemClock } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { Webhook } from "@outlet/core/publishing/webhook";
import { createGuardedHttp } from "@outlet/functions/outbound/guarded-http";
import { defaultPolicy } from "@outlet/functions/policy";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import * as v from "valibot";
import { createMemoryTable } from "../../src/memory-table.ts";
import { type Receiver, startReceiver } from "../../src/webhooks/receiver.ts";

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

interface Bell {
  body: string;
  dueAt: number;
}

const run = { clientId: "c", conversationId: "conv", redrives: 0, status: "failed" } as const;

/** A bot with a webhook, at a time of its own. */
async function createWorld(url = receiver.url) {
  let now = 1_800_000_000_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const bells: Bell[] = [];
  const said: unknown[] = [];
  const log: Log = { ...silentLog, warn: (message, more) => void said.push([message, more]) };
  const webhookQueue: Queue = {
    send: async (body, { delaySeconds = 0 }) => {
      bells.push({ body, dueAt: now + delaySeconds * 1000 });
    },
  };
  const deps = {
    table: createMemoryTable(),
    clock,
    log,
    webhookQueue,
    ids: Id.createIds(clock),
    randomness: { bytes: (length: number) => new Uint8Array(length), fraction: () => 0 },
    http: createGuardedHttp({ allow: [receiver.host] }),
    policy: defaultPolicy,
  };
  const botId = deps.ids.ulid();
  const publication = {
    ...v.parse(Publication.Publish, { webhook: { url } }),
    botId,
    ownerId: "owner",
    status: "published" as const,
    cell: "cell",
    stackName: "stack",
    operation: null,
    progress: null,
    stack: null,
    failure: null,
    publishedAt: now,
    updatedAt: now,
    revision: "",
  };
  await Publication.amend(deps, v.parse(Publication.Info, publication), {});
  await Webhook.prepare(deps, botId);
  return {
    deps,
    bells,
    said,
    at: () => now,
    wait: (ms: number) => {
      now += ms;
    },
    async end(webhooks: object = {}) {
      const runId = deps.ids.ulid();
      await Delivery.createHook(deps)({
        ...run,
        botId,
        runId,
        webhooks: { owner: true, caller: null, ...webhooks },
      });
      return runId;
    },
    /** What is due by now is tried, as the queue and the sweeper have it. */
    async work() {
      const due = bells.filter((bell) => bell.dueAt <= now);
      for (const bell of due) {
        bells.splice(bells.indexOf(bell), 1);
        await Delivery.deliver(deps, Delivery.parse(bell.body));
      }
      for (const delivery of await Delivery.listDue(deps, 0))
        await Delivery.deliver(deps, delivery);
    },
    deliveries: async () => (await Delivery.list(deps.table, botId, { limit: 50 })).deliveries,
    webhook: () => Webhook.fromBot(deps.table, botId),
  };
}

beforeEach(() => {
  receiver.answer = { status: 204 };
  receiver.received.length = 0;
});

test("a delivery is tried ten times in three days; then it has failed, and the webhook is switched off", async () => {
  const world = await createWorld();
  receiver.answer = { status: 500 };
  await world.end();
  const began = world.at();
  const times: number[] = [];
  for (let tries = 0; tries < 20; tries++) {
    await world.work();
    const [delivery] = await world.deliveries();
    if (delivery?.dueAt === null || !delivery) break;
    times.push((delivery.dueAt - world.at()) / 1000);
    world.wait(delivery.dueAt - world.at());
  }
  expect(times).toEqual(defaultPolicy.webhookBackoffSeconds);
  expect(world.at() - began).toBeGreaterThan(defaultPolicy.webhookPatienceMs);
  const [delivery] = await world.deliveries();
  expect(delivery).toMatchObject({ status: "failed", attempts: 10, dueAt: null });
  expect(delivery?.tries.map(({ status }) => status)).toEqual(Array(10).fill(500));
  expect(await world.webhook()).toMatchObject({ disabled: { reason: "failing" } });
  expect(world.said).toEqual([
    ["webhook switched off", expect.objectContaining({ reason: "failing", status: 500 })],
  ]);
  const ids = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  expect([receiver.received.length, ids.size]).toEqual([10, 1]);
});

test("one that arrives in between ends the failing; what arrived is not sent again", async () => {
  const world = await createWorld();
  receiver.answer = { status: 503, headers: { "retry-after": "600" } };
  await world.end();
  await world.work();
  const [delivery] = await world.deliveries();
  // Longer than our own five seconds, because it asks for it.
  expect(delivery?.dueAt).toBe(world.at() + 600_000);
  expect((await world.webhook())?.failingSince).toBe(world.at());
  world.wait(599_000);
  await world.work();
  expect(receiver.received).toHaveLength(1);
  receiver.answer = { status: 200 };
  world.wait(1_000);
  await world.work();
  await world.work();
  expect(receiver.received).toHaveLength(2);
  expect(await world.webhook()).toMatchObject({ failingSince: null, deliveredAt: world.at() });
});

test("the hook called again, and a queue message that comes twice, send nothing twice", async () => {
  const world = await createWorld();
  const runId = await world.end();
  const ended = { ...run, botId: (await world.deliveries())[0]?.botId ?? "", runId };
  await Delivery.createHook(world.deps)({ ...ended, webhooks: { owner: true, caller: null } });
  const [bell] = world.bells;
  world.bells.push({ ...(bell as Bell) });
  await world.work();
  expect(receiver.received).toHaveLength(1);
});

test("what a lost process had taken is due again; what the queue lost is found by when it was due", async () => {
  const world = await createWorld();
  await world.end();
  world.bells.length = 0;
  const [delivery] = await world.deliveries();
  expect(await Delivery.listDue(world.deps, 60_000)).toEqual([]);
  world.wait(60_000);
  expect(await Delivery.listDue(world.deps, 60_000)).toEqual([delivery]);
  await world.work();
  expect(receiver.received).toHaveLength(1);
  expect(await Delivery.listDue(world.deps, 0)).toEqual([]);
});

test("redirects are not followed, and an address that no time mends is not tried again", async () => {
  const world = await createWorld();
  receiver.answer = { status: 302, headers: { location: receiver.url } };
  await world.end();
  const secret = `whsec_${Buffer.alloc(24).toString("base64")}`;
  await world.end({ owner: false, caller: { url: "https://127.0.0.1:25/", secret } });
  await world.end({ owner: false, caller: { url: "gopher://example.com/", secret } });
  await world.work();
  expect(receiver.received).toHaveLength(1);
  const seen = (await world.deliveries()).map(({ status, tries }) => [status, tries[0]?.failure]);
  expect(seen).toEqual([
    ["failed", expect.stringContaining("Only https://")],
    ["waiting", expect.stringContaining("not a public server")],
    ["waiting", expect.stringContaining("redirects are not followed")],
  ]);
});
