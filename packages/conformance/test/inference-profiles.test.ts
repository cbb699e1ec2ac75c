import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import { startControlPlane } from "@outlet/aws/provisioner/control-plane.test-support";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { unpaced } from "@outlet/aws/provisioner/pace";
import { Bot } from "@outlet/core/bots/bot";
import { Deployer } from "@outlet/core/publishing/deployer";
import { type Clock, silentLog } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { Run } from "@outlet/core/conversations/run";
import { Ledger } from "@outlet/core/records/ledger";
import { Worker } from "@outlet/core/conversations/worker";
import { startBedrock } from "@outlet/local/bedrock/server";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const oldHaiku = "anthropic.claude-3-haiku-20240307-v1:0";
const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

let stack: Stack;
let bedrock: Awaited<ReturnType<typeof startBedrock>>;
let controlPlane: Awaited<ReturnType<typeof startControlPlane>>;
let ahead = 0;
const clock: Clock = { now: () => Date.now() + ahead, sleep: async () => undefined };
/** What Bedrock was asked for, in order, and what it refuses. */
let asked: string[] = [];
let refused: string[] = [];

beforeAll(async () => {
  stack = await startStack();
  controlPlane = await startControlPlane(clock);
  bedrock = await startBedrock({
    backend: { kind: "demo" },
    log: silentLog,
    clock,
    authorize: async (modelId) => {
      asked.push(modelId);
      return !refused.includes(modelId);
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  await controlPlane?.stop();
  await bedrock?.stop();
});
beforeEach(() => {
  asked = [];
  refused = [];
});

function deployer(inferenceProfiles: boolean): Deployer.Deps {
  const account = { partition: "aws", region: "us-east-1", accountId: "111122223333" };
  return {
    ...stack.deps,
    clock,
    pepper: Buffer.alloc(32, 7),
    probe: async () => "reached",
    purge: async () => true,
    policy: { probeTimeoutMs: 180_000, pollSeconds: 5, deployLeaseMs: 60_000 },
    provisioner: createCloudFormationProvisioner({
      ...createControlPlaneClients({
        region: account.region,
        endpoint: controlPlane.endpoint,
        credentials,
      }),
      platform: {
        ...account,
        cell: "cell",
        publishedApiFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:api",
        authorizerFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:authorizer",
        webAclArn: "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/outlet/1",
        accessLogRetentionDays: 30,
        ...(inferenceProfiles && { inferenceProfiles }),
      },
      serviceRoleArn: "arn:aws:iam::111122223333:role/stacks",
      pace: unpaced,
      log: silentLog,
    }),
  };
}

const commands = () => ({ ...stack.deps, clock, cell: "cell" });

/** Works on until the act has ended; the plan's keys come and go with its stack. */
async function settle(botId: string, inferenceProfiles = true): Promise<Publication.Info> {
  const deps = deployer(inferenceProfiles);
  const plan = `plan-outlet-bot-${botId}`;
  for (let i = 0; i < 30; i++) {
    controlPlane.keys.plans.set(plan, controlPlane.keys.plans.get(plan) ?? new Set());
    if ((await Deployer.advance(deps, botId)).done) break;
    ahead += 5_000;
  }
  const publication = await Publication.fromBot(stack.table, botId);
  if (!publication || publication.operation) throw new Error("The act never ended");
  return publication;
}

async function publish(inferenceProfiles = true) {
  const input = v.parse(Bot.Create, { title: "Billed", instruction: "Answer." });
  const { botId } = await Bot.create(commands(), owner, input);
  const bot = await Bot.share(commands(), owner, botId, {
    scope: "all",
    allowedUsers: [],
    allowedGroups: [],
  });
  await Publication.publish(commands(), owner, bot, v.parse(Publication.Publish, {}));
  return { bot, publication: await settle(botId, inferenceProfiles) };
}

/** Asks and has a worker answer, which calls Bedrock over the wire. */
async function answer(botId: string, conversationId: string, inferenceProfiles = true) {
  const client = stack.client({ botId });
  const { json } = await client.send("What do you do?", conversationId);
  const model = createBedrockModel({
    client: createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials }),
  });
  const deps = { ...stack.deps, model, inferenceProfiles };
  const address = client.address(conversationId);
  await Worker.work(deps, address, { deadline: Number.MAX_SAFE_INTEGER });
  return Run.fromId(stack.deps, address, json.messageId);
}

const update = async (bot: Bot.Info) => {
  await Publication.update(commands(), owner, bot, { quota: { limit: 5, period: "DAY" } });
  return settle(bot.botId);
};

test("a published bot's model is called by the bot's own profile, at the model's price", async () => {
  const { bot, publication } = await publish();
  const profile = publication.inferenceProfiles[haiku];
  expect(profile).toMatch(/^arn:aws:bedrock:.*:application-inference-profile\//);
  const run = await answer(bot.botId, "priced");
  expect([run?.status, run?.model, asked]).toEqual(["completed", "claude-v4.5-haiku", [profile]]);
  const price = { input: 1_000_000, output: 5_000_000, cacheRead: 100_000, cacheWrite: 1_250_000 };
  expect(run?.usage?.outputTokens).toBeGreaterThan(0);
  expect(run?.costMicroUsd).toBe(Ledger.cost(price, run?.usage ?? Ledger.noTokens));
});

test("a model chosen after publishing is called by its own id, until the publication is changed", async () => {
  const { bot } = await publish();
  await Bot.update(commands(), owner, bot.botId, { model: "claude-v3-haiku" });
  await answer(bot.botId, "before");
  expect(asked).toEqual([oldHaiku]);
  const { inferenceProfiles } = await update(bot);
  expect(Object.keys(inferenceProfiles)).toEqual([oldHaiku]);
  await answer(bot.botId, "after");
  expect(asked).toEqual([oldHaiku, inferenceProfiles[oldHaiku]]);
});

test("a profile that is refused costs no run its answer", async () => {
  const { bot, publication } = await publish();
  const profile = publication.inferenceProfiles[haiku] ?? "";
  refused = [profile];
  const run = await answer(bot.botId, "refused");
  expect([run?.status, asked]).toEqual(["completed", [profile, haiku]]);
  // Where the model itself is refused too, it is asked once and no more.
  refused = [profile, haiku];
  const failed = await answer(bot.botId, "refused-too");
  expect([failed?.status, asked.slice(2)]).toEqual(["failed", [profile, haiku]]);
});

test("an unpublished bot has no profiles, and its last runs are answered without", async () => {
  const { bot } = await publish();
  await Publication.unpublish(commands(), owner, bot);
  expect((await settle(bot.botId)).inferenceProfiles).toEqual({});
  expect((await answer(bot.botId, "last"))?.status).toBe("completed");
  expect(asked).toEqual([haiku]);
});

test("profiles come with the setting and go with it", async () => {
  const { bot, publication } = await publish(false);
  expect(publication.inferenceProfiles).toEqual({});
  await answer(bot.botId, "without");
  expect(Object.keys((await update(bot)).inferenceProfiles)).toEqual([haiku]);
  // Switched off again, workers no longer look, whatever the publication still knows.
  await answer(bot.botId, "off", false);
  expect(asked).toEqual([haiku, haiku]);
});
