import { Key } from "@outlet/core/publishing/key";
import { Keyring } from "@outlet/core/publishing/keyring";
import { Publication } from "@outlet/core/publishing/publication";
import { createDeployer } from "@outlet/functions/workers/deployer/handler";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
// Core keeps it for its own tests; a package's exports are for programs.
import { createMemoryTable } from "../../core/src/ports/memory-table.test-support.ts";
import { killer, openWorld, owner, type World } from "./publishing-world.ts";

const objects = {
  put: async () => {},
  get: async () => undefined,
  getRange: async () => undefined,
  remove: async () => {},
};
const open = () => openWorld({ table: createMemoryTable(), objects });

let world: World;

beforeEach(async () => {
  world = await open();
});
afterEach(() => world.controlPlane.stop());

async function publishing() {
  const bot = await world.sharedBot();
  await Publication.publish(world.commands(), owner, bot, v.parse(Publication.Publish, {}));
  return bot;
}

async function expectNothingLeft(botId: string): Promise<void> {
  expect(world.stack(botId)?.status).toBe("DELETE_COMPLETE");
  expect(world.controlPlane.keys.keys.size).toBe(0);
  expect(await Key.listAll(world.stored.table, botId)).toEqual([]);
}

describe("a publish that fails", () => {
  test("half-way says why, leaves nothing over, and succeeds when it is tried again", async () => {
    const bot = await publishing();
    world.controlPlane.failNext("CREATE", "Invalid stage name (Service: ApiGateway)");
    await world.settle(bot.botId);
    expect(await world.read(bot.botId)).toMatchObject({
      status: "failed",
      failure: { message: "RestApi: Invalid stage name" },
      stack: null,
      endpoint: null,
    });
    await expectNothingLeft(bot.botId);
    await Publication.publish(world.commands(), owner, bot, v.parse(Publication.Publish, {}));
    await world.settle(bot.botId);
    expect(await world.read(bot.botId)).toMatchObject({ status: "published", failure: null });
  });

  test("and whose leftovers cannot be removed at first is cleared all the same", async () => {
    const bot = await publishing();
    world.controlPlane.failNext("CREATE", "Invalid stage name");
    for (let i = 0; i < 3; i++) world.controlPlane.failNext("DELETE", "Access denied");
    await world.settle(bot.botId);
    expect((await world.read(bot.botId)).status).toBe("failed");
    await expectNothingLeft(bot.botId);
  });
});

describe("an endpoint", () => {
  test("is published when the probe has reached it, and not before", async () => {
    const bot = await publishing();
    let probes = 0;
    const probe = async () => (++probes < 4 ? ("not_yet" as const) : ("reached" as const));
    const statuses = new Set<string>();
    const look = async () => void statuses.add((await world.read(bot.botId)).status);
    const deps = { ...world.deployer(), probe: async () => look().then(probe) };
    await world.settle(bot.botId, deps);
    expect(probes).toBe(4);
    expect([...statuses]).toEqual(["publishing"]);
    expect((await world.read(bot.botId)).status).toBe("published");
  });

  test("is tried with one key all the time: a gateway takes a new one only after a while", async () => {
    const bot = await publishing();
    const keys = new Set<string>();
    let tries = 0;
    const probe = async (_endpoint: string, key: string) => {
      keys.add(key);
      return ++tries < 15 ? ("not_yet" as const) : ("reached" as const);
    };
    await world.settle(bot.botId, { ...world.deployer(), probe });
    expect({ keys: keys.size, tries }).toEqual({ keys: 1, tries: 15 });
    expect(await world.read(bot.botId)).toMatchObject({ status: "published" });
    expect(await Key.listAll(world.stored.table, bot.botId)).toEqual([]);
  });

  test("that does not answer in time stands all the same, and is confirmed later", async () => {
    const bot = await publishing();
    const silent = { ...world.deployer(), probe: async () => "not_yet" as const };
    await world.settle(bot.botId, silent, () => silent);
    const { table } = world.stored;
    const inFlight = async () => (await Publication.listInFlight(table)).map(({ botId }) => botId);
    expect(await world.read(bot.botId)).toMatchObject({
      status: "published",
      verified: { result: "not_yet", tries: 1 },
      failure: null,
    });
    expect(await inFlight()).toContain(bot.botId);
    await world.settle(bot.botId);
    expect(await world.read(bot.botId)).toMatchObject({
      status: "published",
      verified: { result: "reached", tries: 2 },
    });
    expect(await inFlight()).not.toContain(bot.botId);
    expect(await Key.listAll(table, bot.botId)).toEqual([]);
  });

  test("that only lets others in is known as such", async () => {
    const bot = await publishing();
    const probe = async () => "refused" as const;
    await world.settle(bot.botId, { ...world.deployer(), probe });
    expect(await world.read(bot.botId)).toMatchObject({ verified: { result: "refused" } });
  });
});

test.each([
  ["CreateStack", async () => publishing()],
  [
    "UpdateStack",
    async () => {
      const bot = await world.published();
      await Publication.update(world.commands(), owner, bot, { throttle: null });
      return bot;
    },
  ],
  [
    "DeleteStack",
    async () => {
      const bot = await world.published();
      await Publication.unpublish(world.commands(), owner, bot);
      return bot;
    },
  ],
])("an act whose answer to %s is lost is carried out once", async (action, begin) => {
  const bot = await begin();
  const from = world.controlPlane.starts.length;
  world.pass(60_000);
  world.controlPlane.loseReplies(action, 1);
  await world.settle(bot.botId);
  expect((await world.read(bot.botId)).operation).toBeNull();
  expect(world.controlPlane.starts.length - from).toBe(1);
});

test.each(["before", "after"] as const)(
  "a deployer that is killed %s any step of a change is followed by one that finishes it",
  async (when) => {
    for (let at = 1; ; at++) {
      await world.controlPlane.stop();
      world = await open();
      const bot = await world.published();
      const publication = await Publication.requireLive(world.stored.table, bot.botId);
      const input = { label: "one", createdBy: owner.userId, expiresAt: null };
      await Keyring.issue(world.deployer(), publication, input);
      const from = world.controlPlane.starts.length;
      const throttle = { burstLimit: 7, rateLimit: 3 };
      await Publication.update(world.commands(), owner, bot, { throttle });
      const { guard, calls } = killer(at, when);
      const dying = createDeployer(world.deployer(guard));
      const next = createDeployer(world.deployer());
      await world.deliver(() => (calls() < at ? dying : next));
      const name = `killed ${when} call ${at}`;
      const { status, throttle: reached, stack } = await world.read(bot.botId);
      expect({ status, reached, stack }, name).toEqual({
        status: "published",
        reached: throttle,
        stack: publication.stack,
      });
      expect(world.stack(bot.botId)?.template, name).toContain('"BurstLimit":7');
      expect(world.controlPlane.starts.length - from, name).toBe(1);
      expect(world.controlPlane.keys.keys.size, name).toBe(1);
      if (calls() < at) return expect(at).toBeGreaterThan(8);
    }
  },
  300_000,
);
