import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetRestApisCommand,
} from "@aws-sdk/client-api-gateway";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Bot } from "@outlet/core/bots/bot";
import { Deployer } from "@outlet/core/publishing/deployer";
import { Id } from "@outlet/core/foundation/id";
import { Key } from "@outlet/core/publishing/key";
import { Keyring } from "@outlet/core/publishing/keyring";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Provisioner,
  silentLog,
  systemClock,
  systemRandomness,
  type Table,
} from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { Upgrade } from "@outlet/core/publishing/upgrade";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../emulator/ministack.ts";
import { settings } from "./deploy-function.ts";
import { cell, type Ground, owner, pepper, startGround } from "./ground.ts";

let emulator: Emulator;
let ground: Ground;
let table: Table;
let provisioner: Provisioner;
let queueUrl: string;
let bot: Bot.Info;
let publication: Publication.Info;
let key: Key.Info;
let secret: string;

beforeAll(async () => {
  ground = await startGround();
  ({ emulator, table, queueUrl } = ground);
  provisioner = ground.provisionerOf();
}, 120_000);
afterAll(() => emulator?.stop());

const ids = Id.createIds(systemClock);
const deps = () => ({
  table,
  provisioner,
  clock: systemClock,
  ids,
  randomness: systemRandomness,
  pepper,
  catalog: ModelCatalog.createCatalog(["outlet-demo"]),
  deployQueue: { send: async () => {} },
  objects: {
    put: async () => {},
    get: async () => undefined,
    getRange: async () => undefined,
    remove: async () => {},
  },
  cell,
  log: silentLog,
  templateUpgrades: true,
  policy: {
    probeTimeoutMs: 20_000,
    pollSeconds: 1,
    deployLeaseMs: 20_000,
    upgradeRetryMs: 1,
    upgradeRelistMs: 1,
  },
  purge: async () => true,
  probe: async (endpoint: string, apiKey: string) => {
    const [probeKey] = await Key.listAll(table, bot.botId);
    const response = await call(endpoint, "GET", "/health", { secret: apiKey, key: probeKey });
    return response.status === 200 ? ("reached" as const) : ("not_yet" as const);
  },
});

async function settle(): Promise<Publication.Status> {
  for (let i = 0; i < 40; i++) {
    if ((await Deployer.advance(deps(), bot.botId)).done) break;
    await systemClock.sleep(100);
  }
  return (await Publication.fromBot(table, bot.botId))?.status ?? "unpublished";
}

/** Through the emulator's own data plane; the bot's endpoint names a host that only AWS answers. */
async function call(
  endpoint: string,
  method: string,
  path: string,
  options: { secret?: string; key?: Key.Info | undefined; body?: unknown } = {},
) {
  const { host, pathname } = new URL(endpoint);
  const url = `${emulator.endpoint}/_aws/execute-api/${host.split(".")[0]}${pathname}${path}`;
  const response = await fetch(url, {
    method,
    headers: {
      ...(options.secret && { authorization: `Bearer ${options.secret}` }),
      ...(options.key && { "x-api-key": Key.gatewayKey({ pepper }, options.key).value }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text ? JSON.parse(text) : null,
  };
}

const endpointOf = async () =>
  (await provisioner.status(publication.stackName)).outputs?.endpoint ?? "";
const ask = async (method: string, path: string, body?: unknown) =>
  call(await endpointOf(), method, path, { secret, key, body });

/** In this order: each goes on from the one before. */
describe("the stack of a published bot on MiniStack", () => {
  test("is made by publishing, which ends when the endpoint has answered", async () => {
    const input = v.parse(Bot.Create, { title: "A bot", instruction: "Answer." });
    const { botId } = await Bot.create(deps(), owner, input);
    bot = await Bot.share(deps(), owner, botId, {
      scope: "all",
      allowedUsers: [],
      allowedGroups: [],
    });
    publication = await Publication.publish(
      deps(),
      owner,
      bot,
      v.parse(Publication.Publish, { throttle: { burstLimit: 50, rateLimit: 50 }, quota: null }),
    );
    expect(await settle()).toBe("published");
  });

  test("opens to a key, and to no other", async () => {
    const made = await Keyring.issue(deps(), publication, {
      label: "k",
      createdBy: "owner",
      expiresAt: null,
    });
    key = made.key;
    secret = made.value;
    expect(await ask("GET", "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    const endpoint = await endpointOf();
    for (const [name, options] of Object.entries({
      nothing: {},
      "no secret": { key },
      "a wrong secret": { key, secret: `${secret.slice(0, -1)}_` },
      "no gateway key": { secret },
    })) {
      const { status, text } = await call(endpoint, "GET", "/health", options);
      expect(status, name).toBe(403);
      expect(JSON.parse(text), name).toMatchObject({ message: expect.any(String) });
    }
  });

  test("takes a message and rings the queue; unknown routes get the application's own answer", async () => {
    const message = { content: [{ contentType: "text", body: "Hello?" }] };
    const accepted = await ask("POST", "/conversation", { message });
    expect(accepted).toMatchObject({ status: 200 });
    const { conversationId, messageId } = accepted.body;
    const sqs = new SQSClient(settings(emulator));
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageSystemAttributeNames: ["All"] }),
    );
    expect(Messages?.[0]?.Body).toContain(conversationId);
    expect(Messages?.[0]?.Attributes?.MessageGroupId).toBe(bot.botId);
    expect(await ask("GET", `/conversation/${conversationId}/${messageId}`)).toMatchObject({
      status: 202,
    });
    expect(await ask("GET", "/nowhere")).toMatchObject({ status: 404 });
    expect(await ask("POST", "/conversation", { message: 1 })).toMatchObject({
      status: expect.any(Number),
    });
  });

  test("counts by key: beyond the new burst it answers 429 as the gateway does", async () => {
    const live = await Publication.requireLive(table, bot.botId);
    await Publication.update(deps(), owner, bot, { throttle: { burstLimit: 3, rateLimit: 0.1 } });
    expect(live.status).toBe("published");
    expect(await settle()).toBe("published");
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask("GET", "/health")));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect(refused.length).toBeLessThanOrEqual(7);
    expect(refused[0]?.body).toEqual({ message: "Too Many Requests" });
    // A token comes in ten seconds at this rate.
    expect(refused[0]?.headers.get("retry-after")).toBe("10");
  });

  test("answers 503 while it is paused, and again when it is resumed", async () => {
    await Publication.update(deps(), owner, bot, { throttle: null });
    expect(await settle()).toBe("published");
    await Publication.pause(deps(), owner, bot);
    expect((await ask("GET", "/health")).status).toBe(503);
    await Publication.resume(deps(), owner, bot);
    expect((await ask("GET", "/health")).status).toBe(200);
  });

  test("is brought to another release's template, and its key still opens it", async () => {
    const before = await Publication.requireLive(table, bot.botId);
    // Another release: what it makes of the same bot differs.
    provisioner = ground.provisionerOf({ accessLogRetentionDays: 14 });
    expect(before.templateVersion).not.toBe(provisioner.templateVersion);
    await Upgrade.next(deps());
    expect(await settle()).toBe("published");
    const { outputs } = await provisioner.status(publication.stackName);
    expect(outputs?.templateVersion).toBe(provisioner.templateVersion);
    expect(await Publication.requireLive(table, bot.botId)).toMatchObject({
      templateVersion: provisioner.templateVersion,
      stack: outputs?.stack,
      upgrade: null,
    });
    expect((await ask("GET", "/health")).status).toBe(200);
    expect((await ask("POST", "/conversation", { message: 1 })).status).toBe(422);
  });

  test("leaves nothing behind when it is unpublished", async () => {
    const endpoint = await endpointOf();
    await Publication.unpublish(deps(), owner, bot);
    expect(await settle()).toBe("unpublished");
    const gateway = new APIGatewayClient(settings(emulator));
    expect((await gateway.send(new GetRestApisCommand({}))).items ?? []).toEqual([]);
    expect((await gateway.send(new GetApiKeysCommand({}))).items ?? []).toEqual([]);
    expect((await call(endpoint, "GET", "/health", { secret, key })).status).toBe(404);
  });
});

/** Said in every report, so that nobody takes a pass here for more than it is. */
test.skip.each([
  "WAF refuses addresses on no list — not judged: MiniStack's WAF refuses nobody",
  "answers stream through the gateway — not judged: MiniStack answers 500 to streaming integrations",
  "the authorizer names the key that is counted — not judged: MiniStack takes it from the header",
  "access logs and their metrics — not judged: MiniStack writes none",
  "an update keeps the endpoint's address — not judged: MiniStack replaces the API",
  "the stack role's rights suffice — not judged: MiniStack does not enforce a role given to CloudFormation",
  "control-plane rates and real durations — not judged: MiniStack has none",
])("%s", () => {});
