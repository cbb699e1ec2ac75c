import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { Bot } from "@outlet/core/bots/bot";
import { Deployer } from "@outlet/core/publishing/deployer";
import { Key } from "@outlet/core/publishing/key";
import { Keyring } from "@outlet/core/publishing/keyring";
import { silentLog } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { type Emulators, startEmulators } from "@outlet/local/emulators/start";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killer, openWorld, owner, type World } from "./publishing-world.ts";

let dataDir: string;
let emulators: Emulators;
let world: World;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-publishing-"));
  emulators = await startEmulators({ dataDir, log: silentLog });
  const { region, endpoints, tableName, bucket } = emulators;
  const clients = createClients({ region, endpoints, local: true, requestTimeoutMs: 60_000 });
  world = await openWorld({
    table: createDynamoTable({ client: clients.dynamodb, tableName }),
    objects: createS3ObjectStore({ client: clients.s3, bucket }),
  });
});

afterAll(async () => {
  await world?.controlPlane.stop();
  await emulators?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const statusOf = async (botId: string) => (await world.read(botId)).status;

describe("a deployer that is killed", () => {
  test.each(["before", "after"] as const)(
    "%s any step of publishing is followed by one that finishes it",
    async (when) => {
      for (let at = 1; ; at++) {
        const bot = await world.sharedBot();
        await Publication.publish(world.commands(), owner, bot, v.parse(Publication.Publish, {}));
        const { guard, calls } = killer(at, when);
        await world.settle(bot.botId, world.deployer(guard));
        expect(await statusOf(bot.botId), `killed ${when} call ${at}`).toBe("published");
        // The probe's key is gone again, in the table and at the gateway.
        expect(await Key.listAll(world.stored.table, bot.botId)).toEqual([]);
        expect(world.controlPlane.keys.keys.size, `killed ${when} call ${at}`).toBe(0);
        if (calls() < at) return expect(at).toBeGreaterThan(15);
      }
    },
    120_000,
  );

  test.each(["before", "after"] as const)(
    "%s any step of unpublishing is followed by one that leaves nothing over",
    async (when) => {
      for (let at = 1; ; at++) {
        const bot = await world.published();
        const publication = await Publication.requireLive(world.stored.table, bot.botId);
        for (const label of ["one", "two"]) {
          await Keyring.issue({ ...world.deployer(), ...world.commands() }, publication, {
            label,
            createdBy: owner.userId,
            expiresAt: null,
          });
        }
        expect(world.controlPlane.keys.keys.size).toBe(2);
        await Publication.unpublish(world.commands(), owner, bot);
        const { guard, calls } = killer(at, when);
        await world.settle(bot.botId, world.deployer(guard));
        expect(await statusOf(bot.botId), `killed ${when} call ${at}`).toBe("unpublished");
        expect(world.stack(bot.botId)?.status).toBe("DELETE_COMPLETE");
        expect(world.controlPlane.keys.keys.size, `killed ${when} call ${at}`).toBe(0);
        expect(await Key.listAll(world.stored.table, bot.botId)).toEqual([]);
        if (calls() < at) return expect(at).toBeGreaterThan(8);
      }
    },
    120_000,
  );

  test.each(["before", "after"] as const)(
    "%s any step of deleting a published bot is followed by one that deletes it",
    async (when) => {
      for (let at = 1; ; at++) {
        const bot = await world.published();
        await Publication.removeWithBot(world.commands(), owner, bot);
        const { guard, calls } = killer(at, when);
        await world.settle(bot.botId, world.deployer(guard));
        const publication = Publication.fromBot(world.stored.table, bot.botId);
        expect(await publication, `killed ${when} call ${at}`).toBeUndefined();
        const left = Bot.fromId(world.stored.table, bot.botId);
        expect(await left, `killed ${when} call ${at}`).toBeUndefined();
        if (calls() < at) return expect(at).toBeGreaterThan(8);
      }
    },
    120_000,
  );
});

test("twenty publishes at once all succeed, at the pace the gateway takes them", async () => {
  const bots = await Promise.all(Array.from({ length: 20 }, world.sharedBot));
  for (const bot of bots) {
    await Publication.publish(world.commands(), owner, bot, v.parse(Publication.Publish, {}));
  }
  const from = world.controlPlane.starts.length;
  world.pass(60_000);
  const processes = [world.deployer(), world.deployer()];
  const open = new Set(bots.map(({ botId }) => botId));
  for (let round = 0; open.size > 0 && round < 200; round++) {
    await Promise.all(
      [...open].map(async (botId, index) => {
        world.keepPlan(botId);
        const deps = processes[index % 2];
        if (deps && (await Deployer.advance(deps, botId)).done) open.delete(botId);
      }),
    );
    world.pass(1_000);
  }
  const statuses = await Promise.all(bots.map(({ botId }) => statusOf(botId)));
  expect(new Set(statuses)).toEqual(new Set(["published"]));
  const starts = world.controlPlane.starts.slice(from);
  expect(starts).toHaveLength(20);
  expect(new Set(starts.map(({ stackName }) => stackName)).size).toBe(20);
  // CreateDeployment: once in 5 s.
  const gaps = starts.slice(1).map(({ at }, i) => (at - (starts[i]?.at ?? 0)) / 1000);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5);
});
