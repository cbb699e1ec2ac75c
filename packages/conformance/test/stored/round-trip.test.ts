import { Problem } from "@outlet/core/foundation/problem";
import { Bot } from "@outlet/core/bots/bot";
import { Knowledge } from "@outlet/core/bots/knowledge";
import { Conversation } from "@outlet/core/conversations/conversation";
import { Run } from "@outlet/core/conversations/run";
import { Key } from "@outlet/core/publishing/key";
import { Publication } from "@outlet/core/publishing/publication";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import fc from "fast-check";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };
const numRuns = 40;

/** Any text that JSON can carry, control characters among it. */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((codes) => String.fromCharCode(...codes)),
);
// What reaches the domain has passed the border of a body: no half of a surrogate pair is left in it.
const text = anyText.map((it) => it.toWellFormed());
const number = fc.oneof(fc.integer({ min: -1, max: 100_000 }), fc.double({ min: 0, max: 1 }));
const texts = fc.array(text, { maxLength: 3 });
const sparse = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(members, { requiredKeys: [] });

/**
 * Holds for every input that the schema lets in, and for none that it refuses.
 * @param write writes it, and gives what was written and what is read again.
 */
async function holds<S extends v.GenericSchema>(
  schema: S,
  input: fc.Arbitrary<unknown>,
  write: (input: v.InferOutput<S>) => Promise<{ written: unknown; read: unknown }>,
): Promise<void> {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(input, async (value) => {
      const parsed = v.safeParse(schema, value);
      if (!parsed.success) return;
      const result = await write(parsed.output).catch(refused);
      if (!result) return;
      accepted += 1;
      expect(result.read).toEqual(result.written);
    }),
    { numRuns },
  );
  expect(accepted).toBeGreaterThan(0);
}

/** What the domain refuses though its parts are right, such as a temperature beside topP. */
function refused(error: unknown): undefined {
  if (error instanceof Problem.ProblemError && error.code === "invalid_request") return undefined;
  throw error;
}

const generation = sparse({
  maxTokens: fc.integer({ min: 0, max: 64_000 }),
  temperature: fc.option(number),
  topP: fc.option(number),
  stopSequences: texts,
});
const tools = sparse({
  allowed: texts,
  roundsMax: fc.integer({ min: 0, max: 21 }),
  secondsMax: fc.integer({ min: 0, max: 601 }),
});
const bot = {
  description: text,
  instruction: text,
  generation,
  showSources: fc.boolean(),
  tools,
};

test("any bot that can be made, edited and shared is read as it was written", async () => {
  const input = fc.record({ title: text, ...bot }, { requiredKeys: ["title"] });
  await holds(Bot.Create, input, async (create) => {
    const written = await Bot.create(stack, owner, create);
    return { written, read: await Bot.fromId(stack.table, written.botId) };
  });
  const { botId } = stack.bot;
  await holds(Bot.Edit, sparse({ title: text, ...bot }), async (edit) => {
    const written = await Bot.update(stack, owner, botId, edit);
    return { written, read: await Bot.fromId(stack.table, botId) };
  });
  const sharing = fc.record({
    scope: fc.constantFrom("private", "partial", "all"),
    allowedUsers: texts,
    allowedGroups: texts,
  });
  await holds(Bot.Sharing, sharing, async (share) => {
    const written = await Bot.share(stack, owner, botId, share);
    return { written, read: await Bot.fromId(stack.table, botId) };
  });
});

test("any key that can be made and edited is read as it was written", async () => {
  const deps = { ...stack, pepper: new Uint8Array(32) };
  const { botId } = stack.bot;
  const time = fc
    .date({ min: new Date("2030-01-01"), max: new Date("9000-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString());
  const members = { label: text, expiresAt: fc.option(fc.oneof(time, text)) };
  const input = fc.record(members, { requiredKeys: ["label"] });
  await holds(Key.Create, input, async (create) => {
    const { key } = await Key.create(deps, botId, { ...create, createdBy: "owner" });
    return { written: key, read: await Key.fromId(stack.table, botId, key.keyId) };
  });
  const { key } = await Key.create(deps, botId, { label: "k", expiresAt: null, createdBy: "me" });
  await holds(Key.Edit, sparse({ ...members, enabled: fc.boolean() }), async (edit) => {
    const written = await Key.update(deps, botId, key.keyId, edit);
    return { written, read: await Key.fromId(stack.table, botId, key.keyId) };
  });
});

const origin = fc.oneof(
  fc.constantFrom("*", "https://a.example", "https://*.b.example:8443", "http://[::1]:3000"),
  fc.webUrl({ withQueryParameters: false }).map((url) => new URL(url).origin),
  text,
);
const settings = {
  throttle: fc.option(
    fc.record({ burstLimit: fc.integer({ min: 0, max: 5_001 }), rateLimit: number }),
  ),
  quota: fc.option(
    fc.record({
      limit: fc.integer({ min: 0, max: 1_000_000 }),
      period: fc.constantFrom("DAY", "WEEK", "MONTH"),
    }),
  ),
  allowedOrigins: fc.array(origin, { maxLength: 3 }),
  retentionDays: fc.integer({ min: 0, max: 91 }),
};

test("any publication that can be begun and changed is read as it was written", async () => {
  const deps = { ...stack, cell: "local" };
  const input = sparse({ stage: fc.constantFrom("api", "v1", "a/b"), ...settings });
  await holds(Publication.Publish, input, async (publish) => {
    const created = await stack.createBot("To publish");
    const shared = await Bot.share(stack, owner, created.botId, {
      ...{ scope: "all" as const, allowedUsers: [], allowedGroups: [] },
    });
    const written = await Publication.publish(deps, owner, shared, publish);
    return { written, read: await Publication.fromBot(stack.table, created.botId) };
  });
});

test("any source that can be given is read as it was written", async () => {
  const { botId } = await stack.createBot("Knows much");
  const name = fc.oneof(
    text,
    text.map((base) => `${base}.txt`),
  );
  await holds(Knowledge.Create, fc.record({ name, text }), async (input) => {
    const written = await Knowledge.add(stack, botId, input);
    return { written, read: await Knowledge.fromId(stack.table, botId, written.sourceId) };
  });
});

test("any message that can be sent is read as it was written", async () => {
  const id = fc.oneof(fc.uuid(), fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }));
  const message = fc.record({ conversationId: id, text: anyText.filter((it) => it.trim() !== "") });
  await fc.assert(
    fc.asyncProperty(message, async ({ conversationId, text: body }) => {
      const sent = await stack.client().send(body, conversationId);
      if (sent.status === 422) return;
      expect(sent.status).toBe(200);
      const address = stack.client().address(sent.json.conversationId);
      const run = await Run.fromId(stack, address, sent.json.messageId);
      expect(run?.content).toEqual([{ contentType: "text", body: body.toWellFormed() }]);
      const tree = await Conversation.read(stack, address);
      expect(tree?.runs.map(({ runId }) => runId)).toContain(sent.json.messageId);
      expect(tree?.head.title.isWellFormed()).toBe(true);
    }),
    { numRuns },
  );
});
