import { Audit } from "@outlet/core/records/audit";
import type { Bot } from "@outlet/core/bots/bot";
import { Keyring } from "@outlet/core/publishing/keyring";
import { silentLog } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { Sweeper } from "@outlet/core/maintenance/sweeper";
import { Upgrade } from "@outlet/core/publishing/upgrade";
import type { QueueHandler } from "@outlet/functions/workers/batch";
import { createDeployer } from "@outlet/functions/workers/deployer/handler";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
// Core keeps it for its own tests; a package's exports are for programs.
import { createMemoryTable } from "../../core/src/ports/memory-table.test-support.ts";
import { before, killer, openWorld, owner, present, type World } from "./publishing-world.ts";

let world: World;

const objects = {
  put: async () => {},
  get: async () => undefined,
  getRange: async () => undefined,
  remove: async () => {},
};
const open = () => openWorld({ table: createMemoryTable(), objects });

beforeEach(async () => {
  world = await open();
});
afterEach(() => world.controlPlane.stop());

const current = () => world.deployer().provisioner.templateVersion;

/** The deploy that brings the present template, and the sweeper's look after it. */
async function upgradeAll(
  handler: QueueHandler = createDeployer(world.deployer()),
  seen?: () => void,
): Promise<void> {
  await Upgrade.ring(world.commands());
  await world.deliver(() => handler, seen);
}

/** What was lost with a process is rung for again. */
async function sweep(): Promise<void> {
  const commands = world.commands();
  const idle = { send: async () => {} };
  const policy = { quietMs: 60_000, queuedMaxMs: 6 * 3_600_000 };
  const queues = { runQueue: idle, syncQueue: idle, webhookQueue: idle };
  await Sweeper.sweep({ ...commands, ...queues, log: silentLog, policy });
}

const updates = (since = 0) =>
  world.controlPlane.starts.slice(since).filter(({ act }) => act === "UPDATE");

const audited = async (botId: string) =>
  (await Audit.list(world.commands(), { botId }, { limit: 50 })).entries;

async function keyOf(bot: Bot.Info) {
  const publication = await Publication.requireLive(world.stored.table, bot.botId);
  const input = { label: "one", createdBy: owner.userId, expiresAt: null };
  return Keyring.issue(world.deployer(), publication, input);
}

describe("after a deploy with another template", () => {
  test("stacks are upgraded one at a time, at the gateway's pace; URLs and keys stay", async () => {
    const bots = [];
    for (let i = 0; i < 3; i++) bots.push(await world.published(before));
    for (const bot of bots) await keyOf(bot);
    const old = await Promise.all(bots.map(({ botId }) => world.read(botId)));
    const names = bots.map(({ botId }) => `outlet-bot-${botId}`);
    await upgradeAll(undefined, () => {
      const busy = names.filter((name) => world.controlPlane.stack(name)?.status.endsWith("ESS"));
      expect(busy.length).toBeLessThanOrEqual(1);
    });
    for (const [index, { botId }] of bots.entries()) {
      const { status, stack, templateVersion, upgrade } = await world.read(botId);
      expect({ status, stack, templateVersion, upgrade }).toEqual({
        status: "published",
        stack: old[index]?.stack,
        templateVersion: current(),
        upgrade: null,
      });
      expect(old[index]?.templateVersion).not.toBe(current());
      expect(world.stack(botId)?.template).toContain(`"templateVersion":"${current()}"`);
    }
    expect(world.controlPlane.keys.keys.size).toBe(3);
    const starts = updates();
    expect(starts.map(({ stackName }) => stackName).toSorted()).toEqual(names.toSorted());
    // UpdateUsagePlan: once in 20 s.
    const gaps = starts.slice(1).map(({ at }, i) => (at - (starts[i]?.at ?? 0)) / 1000);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20);
  });

  test("nothing is done where all are up to date, and each upgrade is in the audit log", async () => {
    const bot = await world.published(before);
    const { templateVersion: from } = await world.read(bot.botId);
    await upgradeAll();
    await upgradeAll();
    world.pass(2 * 3_600_000);
    await upgradeAll();
    expect(updates()).toHaveLength(1);
    expect(await audited(bot.botId)).toMatchObject([
      {
        actor: { username: "system" },
        action: "publication.upgrade",
        outcome: "done",
        ownerId: owner.userId,
        before: { templateVersion: from },
        after: { templateVersion: current() },
      },
    ]);
  });

  test("one that does not know its version is upgraded like the others", async () => {
    const bot = await world.published(before);
    const key = { pk: `BOT#${bot.botId}`, sk: "PUBLICATION" };
    const written = await world.stored.table.update(key, {
      remove: ["templateVersion", "revision", "upgrade", "title"],
    });
    expect(written?.revision).toBeUndefined();
    await upgradeAll();
    expect((await world.read(bot.botId)).templateVersion).toBe(current());
  });

  test("paused bots are upgraded and stay paused", async () => {
    const bot = await world.published(before);
    await Publication.pause(world.commands(), owner, bot);
    await upgradeAll();
    expect(await world.read(bot.botId)).toMatchObject({
      status: "paused",
      templateVersion: current(),
    });
  });

  test("an upgrade that fails leaves the bot under its old template, says why, and waits a day", async () => {
    const [bad, good] = [await world.published(before), await world.published(before)];
    const { templateVersion: old } = await world.read(bad.botId);
    world.controlPlane.failNext("UPDATE", "Invalid stage (Service: ApiGateway; Request ID: 1)");
    await upgradeAll();
    const failed = await world.read(bad.botId);
    expect(failed).toMatchObject({
      status: "published",
      templateVersion: old,
      failure: null,
      upgrade: { state: "failed", failure: { message: "RestApi: Invalid stage" } },
    });
    expect(Upgrade.stateOf(failed, current())).toBe("failed");
    expect(world.stack(bad.botId)?.template).toContain(`"templateVersion":"${old}"`);
    expect((await world.read(good.botId)).templateVersion).toBe(current());
    for (let hour = 1; hour < 24; hour++) {
      world.pass(3_600_000);
      await upgradeAll();
    }
    expect(updates()).toHaveLength(2);
    world.pass(2 * 3_600_000);
    await upgradeAll();
    expect(await world.read(bad.botId)).toMatchObject({
      templateVersion: current(),
      upgrade: null,
    });
    const outcomes = (await audited(bad.botId)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["done", "failed"]);
  });

  test("throttling is waited out", async () => {
    const bot = await world.published(before);
    world.controlPlane.failNext("UPDATE", "Rate exceeded");
    await upgradeAll();
    expect(await world.read(bot.botId)).toMatchObject({
      templateVersion: current(),
      upgrade: null,
    });
  });

  test("an owner's change of limits brings the template along, a failed upgrade's too", async () => {
    const bot = await world.published(before);
    world.controlPlane.failNext("UPDATE", "Invalid stage");
    await upgradeAll();
    await Publication.update(world.commands(), owner, bot, { throttle: null });
    await upgradeAll();
    expect(await world.read(bot.botId)).toMatchObject({
      status: "published",
      throttle: null,
      templateVersion: current(),
      upgrade: null,
    });
  });

  test("switched off, none begins, and the one under way is finished", async () => {
    const bots = [await world.published(before), await world.published(before)];
    await Upgrade.next(world.deployer());
    const off = world.deployer(undefined, { ...present, templateUpgrades: false });
    await upgradeAll(createDeployer(off));
    const versions = await Promise.all(
      bots.map(async ({ botId }) => (await world.read(botId)).templateVersion),
    );
    expect(versions.filter((version) => version === current())).toHaveLength(1);
    expect(updates()).toHaveLength(1);
  });

  test("none begins while an owner waits, and one that has not reached its stack gives way", async () => {
    const [first, second] = [await world.published(before), await world.published(before)];
    const other = await world.published();
    const from = world.controlPlane.starts.length;
    world.pass(60_000);
    await Upgrade.next(world.deployer());
    await Publication.update(world.commands(), owner, other, { throttle: null });
    // The upgrade's bell is delivered first.
    await world.deliver(() => createDeployer(world.deployer()));
    expect(updates(from).map(({ stackName }) => stackName)).toEqual(
      [other, first, second].map(({ botId }) => `outlet-bot-${botId}`),
    );
  });
});

describe("a domain of published APIs", () => {
  const domain = { ...present, apiDomain: "bots.example.com" };

  test("gives a bot a URL that survives unpublishing", async () => {
    const bot = await world.published(domain);
    const url = `https://bots.example.com/${bot.botId}`;
    expect(await world.read(bot.botId)).toMatchObject({ endpoint: url, ownAddress: false });
    expect(world.stack(bot.botId)?.template).toContain('"DisableExecuteApiEndpoint":true');
    const process = () => world.deployer(undefined, domain);
    await Publication.unpublish(world.commands(), owner, bot);
    await world.settle(bot.botId, process(), process);
    expect(await world.read(bot.botId)).toMatchObject({ status: "unpublished", endpoint: null });
    await Publication.publish(world.commands(), owner, bot, v.parse(Publication.Publish, {}));
    await world.settle(bot.botId, process(), process);
    expect(await world.read(bot.botId)).toMatchObject({ status: "published", endpoint: url });
  });

  test("leaves bots published before it their own address", async () => {
    const bot = await world.published(before);
    await upgradeAll(createDeployer(world.deployer(undefined, domain)));
    expect(await world.read(bot.botId)).toMatchObject({
      endpoint: `https://bots.example.com/${bot.botId}`,
      ownAddress: true,
    });
    await Publication.update(world.commands(), owner, bot, { throttle: null });
    await world.deliver(() => createDeployer(world.deployer(undefined, domain)));
    expect(world.stack(bot.botId)?.template).not.toContain("DisableExecuteApiEndpoint");
  });
});

describe("a deployer that is killed", () => {
  test.each(["before", "after"] as const)(
    "%s any step of an upgrade is followed by one that finishes it",
    async (when) => {
      for (let at = 1; ; at++) {
        await world.controlPlane.stop();
        world = await open();
        const bot = await world.published(before);
        const { key } = await keyOf(bot);
        const old = await world.read(bot.botId);
        const from = world.controlPlane.starts.length;
        const { guard, calls } = killer(at, when);
        const dying = createDeployer(world.deployer(guard));
        await Upgrade.ring(world.commands());
        const next = createDeployer(world.deployer());
        await world.deliver(() => (calls() < at ? dying : next));
        world.pass(120_000);
        await sweep();
        await upgradeAll();
        // What has begun long ago is looked at when the sweeper comes, once a minute.
        for (let minutes = 0; minutes < 5; minutes++) {
          world.pass(60_000);
          await sweep();
          await upgradeAll();
        }
        const name = `killed ${when} call ${at}`;
        expect(await world.read(bot.botId), name).toMatchObject({
          status: "published",
          stack: old.stack,
          templateVersion: current(),
          upgrade: null,
        });
        expect(updates(from), name).toHaveLength(1);
        const entries = await audited(bot.botId);
        expect(
          entries.map(({ outcome }) => outcome),
          name,
        ).toEqual(["done"]);
        const names = [...world.controlPlane.keys.keys.values()].map((k) => k.name);
        expect(names, name).toContain(`outlet-key-${key.keyId}`);
        if (calls() < at) return expect(at).toBeGreaterThan(20);
      }
    },
    300_000,
  );
});
