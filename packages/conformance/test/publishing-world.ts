import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import { startControlPlane } from "@outlet/aws/provisioner/control-plane.test-support";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { createPace } from "@outlet/aws/provisioner/pace";
import { Bot } from "@outlet/core/bots/bot";
import { Deletion } from "@outlet/core/maintenance/deletion";
import { Deployer } from "@outlet/core/publishing/deployer";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Clock,
  type ObjectStore,
  type Queue,
  silentLog,
  systemRandomness,
  type Table,
} from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import type { Upgrade } from "@outlet/core/publishing/upgrade";
import type { QueueHandler } from "@outlet/functions/workers/batch";
import type { SQSRecord } from "aws-lambda";
import * as v from "valibot";

export const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };
const account = { partition: "aws", region: "us-east-1", accountId: "111122223333" };
const cell = `${account.accountId}/${account.region}`;
const arn = (name: string) => `arn:aws:lambda:us-east-1:${account.accountId}:function:${name}`;

/** Of the deploy queue: what a dead process took is delivered again after that. */
const visibilityMs = 30 * 60_000;

class Killed extends Error {}

export type Guard = <Port extends object>(port: Port) => Port;
const unguarded: Guard = (port) => port;

/** What deployers of one version of Outlet do; another retention is another version's template. */
export interface Release {
  accessLogRetentionDays: number;
  templateUpgrades?: boolean;
  apiDomain?: string;
}
export const present: Release = { accessLogRetentionDays: 30 };
export const before: Release = { accessLogRetentionDays: 14 };

interface Bell {
  body: string;
  at: number;
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * Publishing against a control plane on the wire, with a clock that stands until it is moved on.
 * Any number of deployers, each as a fresh process has it.
 */
export async function openWorld(stored: { table: Table; objects: ObjectStore }) {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock: Clock = { now: () => now, sleep: async () => {} };
  const controlPlane = await startControlPlane(clock);
  const ids = Id.createIds(clock);
  const catalog = ModelCatalog.createCatalog(["outlet-demo"]);
  const bells: Bell[] = [];
  const deployQueue: Queue = {
    send: async (body, { delaySeconds = 0 }) =>
      void bells.push({ body, at: now + delaySeconds * 1000 }),
  };
  const commands = () => ({ ...stored, clock, ids, catalog, deployQueue, cell });

  function deployer(
    guard = unguarded,
    { accessLogRetentionDays, templateUpgrades = true, apiDomain }: Release = present,
  ): Deployer.Deps & Parameters<typeof Deletion.purge>[0] & Parameters<typeof Upgrade.next>[0] {
    const table = guard(stored.table);
    const provisioner = createCloudFormationProvisioner({
      ...createControlPlaneClients({
        region: account.region,
        endpoint: controlPlane.endpoint,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      }),
      platform: {
        ...account,
        cell,
        publishedApiFunctionArn: arn("api"),
        authorizerFunctionArn: arn("authorizer"),
        webAclArn: `arn:aws:wafv2:us-east-1:${account.accountId}:regional/webacl/outlet/1`,
        accessLogRetentionDays,
        ...(apiDomain && { apiDomain }),
      },
      serviceRoleArn: `arn:aws:iam::${account.accountId}:role/stacks`,
      pace: createPace({ table, clock, cell }),
      clock,
      log: silentLog,
    });
    const objects = guard(stored.objects);
    // Nobody writes any here.
    const secrets = { removeAll: async () => {} };
    return {
      table,
      objects,
      secrets,
      purge: (botId) => Deletion.purge({ table, objects, secrets, clock }, botId),
      provisioner: guard(provisioner),
      catalog,
      deployQueue: guard(deployQueue),
      clock,
      ids,
      cell,
      templateUpgrades,
      randomness: systemRandomness,
      pepper: Buffer.alloc(32, 7),
      probe: async () => "reached",
      log: silentLog,
      policy: {
        probeTimeoutMs: 180_000,
        pollSeconds: 5,
        deployLeaseMs: 60_000,
        upgradeRetryMs: 24 * 3_600_000,
        upgradeRelistMs: 3_600_000,
      },
    };
  }

  async function sharedBot(): Promise<Bot.Info> {
    const input = v.parse(Bot.Create, { title: "A bot", instruction: "Answer." });
    const { botId } = await Bot.create(commands(), owner, input);
    const sharing = { scope: "all" as const, allowedUsers: [], allowedGroups: [] };
    return Bot.share(commands(), owner, botId, sharing);
  }

  /** Works on as the queue would have it: after a crash a new process goes on. */
  async function settle(botId: string, first = deployer(), next = () => deployer()): Promise<void> {
    let deps = first;
    for (let i = 0; i < 60; i++) {
      try {
        if ((await Deployer.advance(deps, botId)).done) return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        deps = next();
      }
      keepPlan(botId);
      now += 5_000;
    }
    throw new Error("the act never ended");
  }

  const stackOf = (botId: string) => `outlet-bot-${botId}`;
  const planOf = (botId: string) => `plan-${stackOf(botId)}`;
  const keepPlan = (botId: string) => {
    const keys = controlPlane.keys.plans.get(planOf(botId)) ?? new Set<string>();
    controlPlane.keys.plans.set(planOf(botId), keys);
  };
  const read = async (botId: string): Promise<Publication.Info> => {
    const publication = await Publication.fromBot(stored.table, botId);
    if (!publication) throw new Error("no publication");
    return publication;
  };

  return {
    clock,
    ids,
    bells,
    controlPlane,
    stored,
    commands,
    deployer,
    sharedBot,
    settle,
    keepPlan,
    read,
    stack: (botId: string) => controlPlane.stack(stackOf(botId)),
    pass: (ms: number) => void (now += ms),
    /**
     * Delivers the deploy queue's messages as SQS does, in the order of time, until none is left.
     * @param each the process a message is delivered to; what it fails is delivered again later.
     */
    async deliver(each: () => QueueHandler, seen: () => void = () => undefined): Promise<void> {
      for (let i = 0; bells.length > 0; i++) {
        if (i > 500) throw new Error("the bells never end");
        bells.sort((a, b) => a.at - b.at);
        const bell = bells.shift();
        if (!bell) return;
        now = Math.max(now, bell.at);
        for (const { botId } of await Publication.listEvery(stored.table)) keepPlan(botId);
        const record = { messageId: "1", body: bell.body, attributes: {} } as SQSRecord;
        const { batchItemFailures } = await each()(
          { Records: [record] },
          { getRemainingTimeInMillis: () => 300_000 },
        );
        if (batchItemFailures.length > 0) bells.push({ body: bell.body, at: now + visibilityMs });
        seen();
      }
    },
    async published(release = present): Promise<Bot.Info> {
      const bot = await sharedBot();
      await Publication.publish(commands(), owner, bot, v.parse(Publication.Publish, {}));
      const process = () => deployer(unguarded, release);
      await settle(bot.botId, process(), process);
      return bot;
    },
  };
}

/** Ends at the n-th call of a port, either before it is made or after it was carried out. */
export function killer(at: number, when: "before" | "after") {
  let count = 0;
  let dead = false;
  const guard: Guard = (port) =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          // A dead process does not even tidy up.
          if (dead) throw new Killed();
          count += 1;
          const dies = count === at;
          dead ||= dies;
          if (dies && when === "before") throw new Killed();
          const answer: unknown = await Reflect.apply(method, target, args);
          if (dies) throw new Killed();
          return answer;
        };
      },
    });
  return { guard, calls: () => count };
}
