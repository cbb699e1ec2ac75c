import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients } from "@outlet/aws/clients";
import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { startControlPlane } from "@outlet/aws/provisioner/control-plane.test-support";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { createPace } from "@outlet/aws/provisioner/pace";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { Bot } from "@outlet/core/bot";
import { Deployer } from "@outlet/core/deployer";
import { Id } from "@outlet/core/id";
import { Key } from "@outlet/core/key";
import { Keyring } from "@outlet/core/keyring";
import { ModelCatalog } from "@outlet/core/model-catalog";
import {
  type Clock,
  type ObjectStore,
  type Provisioner,
  type Queue,
  silentLog,
  systemRandomness,
  type Table,
} from "@outlet/core/ports";
import { Publication } from "@outlet/core/publication";
import { type Emulators, startEmulators } from "@outlet/local/emulators/start";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };
const account = { partition: "aws", region: "us-east-1", accountId: "111122223333" };
const cell = `${account.accountId}/${account.region}`;
const pepper = Buffer.alloc(32, 7);

let now = Date.parse("2026-01-01T00:00:00Z");
const clock: Clock = { now: () => now, sleep: async () => {} };
const ids = Id.createIds(clock);
const catalog = ModelCatalog.createCatalog(["outlet-demo"]);
const deployQueue: Queue = { send: async () => {} };

let dataDir: string;
let emulators: Emulators;
let controlPlane: Awaited<ReturnType<typeof startControlPlane>>;
let stored: { table: Table; objects: ObjectStore };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-publishing-"));
  emulators = await startEmulators({ dataDir, log: silentLog });
  controlPlane = await startControlPlane(clock);
  const { region, endpoints, tableName, bucket } = emulators;
  const clients = createClients({ region, endpoints, local: true });
  stored = {
    table: createDynamoTable({ client: clients.dynamodb, tableName }),
    objects: createS3ObjectStore({ client: clients.s3, bucket }),
  };
});

afterAll(async () => {
  await controlPlane?.stop();
  await emulators?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

class Killed extends Error {}

/** Ends at the n-th call of a port, either before it is made or after it was carried out. */
function killer(at: number, when: "before" | "after") {
  let count = 0;
  const guard = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          count += 1;
          const dies = count === at;
          if (dies && when === "before") throw new Killed();
          const answer: unknown = await Reflect.apply(method, target, args);
          if (dies) throw new Killed();
          return answer;
        };
      },
    });
  return { guard, calls: () => count };
}

/** A deployer as a fresh process has it. */
function deployer(guard = <Port extends object>(port: Port): Port => port): Deployer.Deps {
  const { table, objects } = stored;
  const clients = createControlPlaneClients({
    region: account.region,
    endpoint: controlPlane.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const provisioner: Provisioner = createCloudFormationProvisioner({
    ...clients,
    platform: {
      ...account,
      cell,
      publishedApiFunctionArn: `arn:aws:lambda:us-east-1:${account.accountId}:function:api`,
      authorizerFunctionArn: `arn:aws:lambda:us-east-1:${account.accountId}:function:authorizer`,
      webAclArn: `arn:aws:wafv2:us-east-1:${account.accountId}:regional/webacl/outlet/1`,
      accessLogRetentionDays: 30,
    },
    serviceRoleArn: `arn:aws:iam::${account.accountId}:role/stacks`,
    pace: createPace({ table: guard(table), clock, cell }),
    log: silentLog,
  });
  return {
    table: guard(table),
    objects: guard(objects),
    provisioner: guard(provisioner),
    catalog,
    clock,
    ids,
    randomness: systemRandomness,
    pepper,
    probe: async () => "reached",
    log: silentLog,
    policy: { probeTimeoutMs: 180_000, pollSeconds: 5, deployLeaseMs: 60_000 },
  };
}

const commands = () => ({ ...stored, clock, ids, catalog, deployQueue, cell });

async function sharedBot(): Promise<Bot.Info> {
  const input = v.parse(Bot.Create, { title: "A bot", instruction: "Answer." });
  const { botId } = await Bot.create(commands(), owner, input);
  return Bot.share(commands(), owner, botId, {
    scope: "all",
    allowedUsers: [],
    allowedGroups: [],
  });
}

/** Works on as the queue would have it: after a crash a new process goes on. */
async function settle(botId: string, first: Deployer.Deps): Promise<void> {
  let deps = first;
  for (let i = 0; i < 60; i++) {
    try {
      if ((await Deployer.advance(deps, botId)).done) return;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      deps = deployer();
    }
    controlPlane.keys.plans.set(planOf(botId), planKeysOf(botId));
    now += 5_000;
  }
  throw new Error("the act never ended");
}

const stackOf = (botId: string) => `outlet-bot-${botId}`;
const planOf = (botId: string) => `plan-${stackOf(botId)}`;
const planKeysOf = (botId: string) => controlPlane.keys.plans.get(planOf(botId)) ?? new Set();
const statusOf = async (botId: string) =>
  (await Publication.fromBot(stored.table, botId))?.status ?? "none";

async function published(): Promise<Bot.Info> {
  const bot = await sharedBot();
  await Publication.publish(commands(), owner, bot, v.parse(Publication.Publish, {}));
  await settle(bot.botId, deployer());
  return bot;
}

describe("a deployer that is killed", () => {
  test.each(["before", "after"] as const)(
    "%s any step of publishing is followed by one that finishes it",
    async (when) => {
      for (let at = 1; ; at++) {
        const bot = await sharedBot();
        await Publication.publish(commands(), owner, bot, v.parse(Publication.Publish, {}));
        const { guard, calls } = killer(at, when);
        await settle(bot.botId, deployer(guard));
        expect(await statusOf(bot.botId), `killed ${when} call ${at}`).toBe("published");
        // The probe's key is gone again, in the table and at the gateway.
        expect(await Key.listAll(stored.table, bot.botId)).toEqual([]);
        expect(controlPlane.keys.keys.size, `killed ${when} call ${at}`).toBe(0);
        if (calls() < at) return expect(at).toBeGreaterThan(15);
      }
    },
    120_000,
  );

  test.each(["before", "after"] as const)(
    "%s any step of unpublishing is followed by one that leaves nothing over",
    async (when) => {
      for (let at = 1; ; at++) {
        const bot = await published();
        const publication = await Publication.requireLive(stored.table, bot.botId);
        for (const label of ["one", "two"]) {
          await Keyring.issue({ ...deployer(), ...commands() }, publication, {
            label,
            createdBy: owner.userId,
            expiresAt: null,
          });
        }
        expect(controlPlane.keys.keys.size).toBe(2);
        await Publication.unpublish(commands(), owner, bot);
        const { guard, calls } = killer(at, when);
        await settle(bot.botId, deployer(guard));
        expect(await statusOf(bot.botId), `killed ${when} call ${at}`).toBe("unpublished");
        expect(controlPlane.stack(stackOf(bot.botId))?.status).toBe("DELETE_COMPLETE");
        expect(controlPlane.keys.keys.size, `killed ${when} call ${at}`).toBe(0);
        expect(await Key.listAll(stored.table, bot.botId)).toEqual([]);
        if (calls() < at) return expect(at).toBeGreaterThan(8);
      }
    },
    120_000,
  );
});

test("twenty publishes at once all succeed, at the pace the gateway takes them", async () => {
  const bots = await Promise.all(Array.from({ length: 20 }, sharedBot));
  for (const bot of bots) {
    await Publication.publish(commands(), owner, bot, v.parse(Publication.Publish, {}));
  }
  const from = controlPlane.starts.length;
  now += 60_000;
  const processes = [deployer(), deployer()];
  const open = new Set(bots.map(({ botId }) => botId));
  for (let round = 0; open.size > 0 && round < 200; round++) {
    await Promise.all(
      [...open].map(async (botId, index) => {
        controlPlane.keys.plans.set(planOf(botId), planKeysOf(botId));
        const deps = processes[index % 2];
        if (deps && (await Deployer.advance(deps, botId)).done) open.delete(botId);
      }),
    );
    now += 1_000;
  }
  const statuses = await Promise.all(bots.map(({ botId }) => statusOf(botId)));
  expect(new Set(statuses)).toEqual(new Set(["published"]));
  const starts = controlPlane.starts.slice(from);
  expect(starts).toHaveLength(20);
  expect(new Set(starts.map(({ stackName }) => stackName)).size).toBe(20);
  // CreateDeployment: once in 5 s.
  const gaps = starts.slice(1).map(({ at }, i) => (at - (starts[i]?.at ?? 0)) / 1000);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5);
}, 60_000);
