import { Bot } from "@outlet/core/bots/bot";
import { Id } from "@outlet/core/foundation/id";
import { Key } from "@outlet/core/publishing/key";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Provisioner,
  type StackOutputs,
  type StackSpec,
  systemClock,
  systemRandomness,
} from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerFacts, type Difference, differences, eventFacts, type Facts } from "./compare.ts";
import { startEdgeSide } from "./edge-side.ts";
import { cell, type Ground, owner, pepper, startGround } from "./ground.ts";
import { find, listed } from "./known-differences.ts";
import { recordedEvent } from "./recorder.ts";
import { type Answer, type Row, rows, type Seen, send, type Stack } from "./request-script.ts";

interface Side {
  name: "ministack" | "edge";
  /** Address of an API's stage. */
  urlOf: (restApiId: string, stage: string) => string;
  provisioner: Provisioner;
  stacks: Map<Stack, StackOutputs>;
  seen: Seen;
}

let ground: Ground;
let edge: Awaited<ReturnType<typeof startEdgeSide>>;
let sides: Side[];
let bot: Bot.Info;
let keys: Map<NonNullable<Row["key"]>, Key.Created>;

const ids = Id.createIds(systemClock);
const deps = () => ({
  table: ground.table,
  clock: systemClock,
  ids,
  randomness: systemRandomness,
  pepper,
  catalog: ModelCatalog.createCatalog(["outlet-demo"]),
  deployQueue: { send: async () => {} },
  cell,
});

const settings = { allowedOrigins: ["https://shop.example"], throttle: null, quota: null };
const specs = (botId: string): [Stack, StackSpec][] => {
  const common = { ...settings, botId, stage: "api", ownerId: owner.userId };
  return [
    ["plain", { ...common, stackName: `outlet-bot-${botId}` }],
    [
      "throttled",
      {
        ...common,
        stackName: `outlet-bot-${botId}-throttled`,
        throttle: { burstLimit: 2, rateLimit: 0.01 },
      },
    ],
    [
      "counted",
      {
        ...common,
        stackName: `outlet-bot-${botId}-counted`,
        quota: { limit: 2, period: "DAY" },
      },
    ],
  ];
};

async function publishedBot(): Promise<Bot.Info> {
  const input = v.parse(Bot.Create, { title: "A bot", instruction: "Answer." });
  const { botId } = await Bot.create(deps(), owner, input);
  const sharing = { scope: "all" as const, allowedUsers: [], allowedGroups: [] };
  const shared = await Bot.share(deps(), owner, botId, sharing);
  const asked = v.parse(Publication.Publish, settings);
  const publication = await Publication.publish(deps(), owner, shared, asked);
  await Publication.save(deps(), publication, { status: "published", operation: null });
  return shared;
}

async function keyOf(botId: string): Promise<Key.Created> {
  const input = { label: "k", createdBy: owner.userId, expiresAt: null };
  const made = await Key.create(deps(), botId, input);
  await Key.activate(ground.table, made.key);
  return made;
}

async function outputsOf(provisioner: Provisioner, spec: StackSpec): Promise<StackOutputs> {
  await provisioner.deploy(spec, `deploy-${spec.stackName}`);
  for (let i = 0; i < 50; i++) {
    const { state, outputs, reason } = await provisioner.status(spec.stackName);
    if (state === "deployed" && outputs) return outputs;
    if (state === "failed") throw new Error(reason);
    await systemClock.sleep(100);
  }
  throw new Error(`${spec.stackName} is not made`);
}

beforeAll(async () => {
  ground = await startGround();
  edge = await startEdgeSide(ground);
  bot = await publishedBot();
  const foreign = await publishedBot();
  keys = new Map([
    ["good", await keyOf(bot.botId)],
    ["foreign", await keyOf(foreign.botId)],
    ["unplanned", await keyOf(bot.botId)],
  ]);
  const { endpoint } = ground.emulator;
  sides = [
    {
      name: "ministack",
      urlOf: (id, stage) => `${endpoint}/_aws/execute-api/${id}/${stage}`,
      provisioner: ground.provisionerOf(),
      stacks: new Map(),
      seen: { conversationId: "", messageId: "" },
    },
    {
      name: "edge",
      urlOf: (id, stage) => `${edge.origin}/${id}/${stage}`,
      provisioner: edge.provisioner,
      stacks: new Map(),
      seen: { conversationId: "", messageId: "" },
    },
  ];
  for (const { provisioner, stacks } of sides) {
    for (const [stack, spec] of specs(bot.botId)) {
      const outputs = await outputsOf(provisioner, spec);
      stacks.set(stack, outputs);
      for (const name of ["good", "foreign"] as const) {
        const made = keys.get(name);
        if (made) await provisioner.putKey(outputs.stack, Key.gatewayKey(deps(), made.key));
      }
    }
  }
}, 180_000);

afterAll(async () => {
  await edge?.stop();
  await ground?.emulator.stop();
});

/** The caller's secret as a bearer token, and the value that MiniStack counts by beside it. */
function credentials(row: Row): [string, string][] {
  const { key = "good" } = row;
  if (key === "none") return [];
  const made = keys.get(key === "bad" ? "good" : key);
  if (!made) throw new Error(`no key ${key}`);
  const secret = key === "bad" ? `${made.value.slice(0, -1)}_` : made.value;
  return [
    ["authorization", `Bearer ${secret}`],
    ["x-api-key", Key.gatewayKey(deps(), made.key).value],
  ];
}

async function ask(side: Side, row: Row): Promise<Facts> {
  const { stack = "plain", stage = "api", path = "/", times = 1, headers = [] } = row;
  const outputs = side.stacks.get(stack);
  const base = side.urlOf(outputs?.stack.restApiId ?? "0a0a0a0a0a", stage);
  const told = typeof path === "function" ? path(side.seen) : path;
  const mark = `${side.name} ${row.name}`;
  const request = {
    ...row,
    headers: [...headers, ...credentials(row), ["x-row", mark] as [string, string]],
  };
  let answer: Answer | undefined;
  for (let i = 0; i < times; i++) answer = await send(`${base}${told}`, request);
  if (!answer) throw new Error("nothing was sent");
  if (row.name === "message") side.seen = JSON.parse(answer.body) as Seen;
  const facts = answerFacts(answer);
  for (const kind of ["authorizer", "published-api"] as const) {
    const event = await recordedEvent(ground.table, mark, kind);
    facts.set(`${kind} is asked`, String(event !== null));
    if (event === null) continue;
    for (const [aspect, fact] of eventFacts(kind, event)) {
      facts.set(aspect, fact.replaceAll(JSON.stringify(told), '"<path>"'));
    }
  }
  return facts;
}

test("MiniStack and our edge answer alike, but for what is written down", async () => {
  const [ministack, ours] = sides;
  if (!ministack || !ours) throw new Error("There are two sides");
  const unlisted: Difference[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    if (row.while === "paused") await Publication.pause(deps(), owner, bot);
    const found = differences(row.name, await ask(ministack, row), await ask(ours, row));
    if (row.while === "paused") await Publication.resume(deps(), owner, bot);
    for (const one of found) {
      const place = find(one);
      if (place === undefined) unlisted.push(one);
      else seen.add(place);
    }
  }
  const gone = listed().filter((place) => !seen.has(place));
  expect({ unlisted, gone }).toEqual({ unlisted: [], gone: [] });
}, 180_000);
