import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { Requests } from "@outlet/core/observability/requests";
import { type ModelEvent, ModelError, type ModelErrorCode, silentLog } from "@outlet/core/ports";
import { type BedrockServer, startBedrock } from "@outlet/local/bedrock/server";
import {
  counts,
  data,
  done,
  type ModelServer,
  says as chunk,
  startModelServer,
  used,
} from "@outlet/local/bedrock/openai/model-server.test-support";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;
let server: ModelServer;
let bedrock: BedrockServer;
let client: ReturnType<typeof createConverseClient>;
const logged: string[] = [];

beforeAll(async () => {
  const log = { ...silentLog, error: (message: string) => void logged.push(message) };
  stack = await startStack({ log });
  server = await startModelServer();
  const backend = { kind: "openai" as const, baseUrl: server.baseUrl };
  bedrock = await startBedrock({ backend, log: silentLog, clock: stack.clock });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials });
  // Tried once: what is tried again is not what this is about.
  stack.answer(8, { policy: { ...stack.policy, modelTriesMax: 1, attemptsMax: 1 } });
});
afterAll(async () => {
  await stack.stop();
  client.destroy();
  await bedrock.stop();
  await server.stop();
});

/** What `docs/published-api.md` says that a run may come to. */
const outcomes = [
  "completed",
  "incomplete: max_output_tokens",
  "incomplete: content_filter",
  "failed: model_error",
  "failed: model_empty_answer",
];
let asked = 0;

/** Asks one question, and then reads everything that the answer could have made unreadable. */
async function expectReadable() {
  const conversationId = `any-${++asked}`;
  const caller = stack.client();
  const reply = await caller.ask("Question", conversationId);
  const status = reply.json.runStatus ?? reply.json.status;
  const reason = reply.json.incompleteDetails?.reason ?? reply.json.error?.code;
  const outcome = status === "completed" ? status : `${status}: ${reason}`;
  expect(outcomes).toContain(outcome);
  const tree = await caller.call("GET", `/conversation/${conversationId}`);
  expect(tree.status).toBe(200);
  const { runs } = await Requests.list(stack, stack.bot.botId, { limit: 1 });
  expect(runs[0]).toMatchObject({ conversationId, status });
  expect(Object.values(reply.json.usage ?? {}).every((count) => Number(count) >= 0)).toBe(true);
  expect(logged.filter((message) => message.includes("cannot be read"))).toEqual([]);
}

/** Any number, and any value that may stand where one should. */
const number = fc.oneof(fc.double(), fc.integer(), fc.constant(Number.NaN), fc.maxSafeInteger());
const text = fc.string({ unit: "binary", maxLength: 20 });
const codes: ModelErrorCode[] = ["model_error", "model_quota_exceeded", "model_content_filtered"];
const event: fc.Arbitrary<ModelEvent> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text }),
  fc.record({ type: fc.constant("reasoning" as const), text, signature: text }),
  fc.record({
    type: fc.constant("stop" as const),
    reason: fc.oneof(text, fc.constantFrom("end_turn", "max_tokens", "tool_use")),
  }),
  fc.record({
    type: fc.constant("usage" as const),
    usage: fc.record({
      inputTokens: number,
      outputTokens: number,
      cacheReadInputTokens: number,
      cacheWriteInputTokens: number,
    }),
  }),
);

test("whatever events a model gives, the run ends as documented and can be read", async () => {
  const answer = fc.record({
    events: fc.array(event, { maxLength: 6 }),
    error: fc.option(fc.record({ code: fc.constantFrom(...codes), message: text })),
  });
  await fc.assert(
    fc.asyncProperty(answer, async ({ events, error }) => {
      stack.model.script = async function* () {
        yield* events;
        if (error) throw new ModelError(error.code, false, error.message);
      };
      await expectReadable();
    }),
    { numRuns: 60 },
  );
}, 120_000);

const json = fc.jsonValue({ maxDepth: 2 });
const usage = fc.oneof(
  json,
  fc.record({
    prompt_tokens: fc.oneof(number, json),
    completion_tokens: fc.oneof(number, json),
    prompt_tokens_details: fc.oneof(json, fc.record({ cached_tokens: number })),
  }),
);
const piece = fc.oneof(
  { weight: 4, arbitrary: text.map((said) => chunk(said)) },
  { weight: 2, arbitrary: text.map((said) => chunk("", said)) },
  { weight: 1, arbitrary: fc.constantFrom(chunk("", "stop"), chunk("", "length"), counts, done) },
  { weight: 1, arbitrary: usage.map(used) },
  { weight: 1, arbitrary: json.map((value) => chunk({ content: value, reasoning: value })) },
  { weight: 1, arbitrary: json.map((value) => data(JSON.stringify(value))) },
  { weight: 1, arbitrary: json.map((error) => data({ error })) },
);
const valid = [
  chunk({ role: "assistant", content: "" }),
  chunk({ reasoning_content: "Hm." }),
  chunk("Grüße 👍🏽 "),
  chunk("aus Köln"),
  chunk("", "stop"),
  counts,
  done,
];

/** A valid stream with chunks dropped, doubled, moved and put in, then cut and spoilt by the byte. */
const mutated = fc
  .record({
    order: fc.array(fc.nat(valid.length - 1), { maxLength: 10 }),
    inserted: fc.array(piece, { maxLength: 3 }),
    keepOrder: fc.boolean(),
    spoilt: fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 2 }),
    cutAt: fc.option(fc.nat(2_000)),
    writes: fc.array(fc.nat(2_000), { maxLength: 4 }),
  })
  .map(({ order, inserted, keepOrder, spoilt, cutAt, writes }) => {
    const picked = keepOrder ? order.toSorted((a, b) => a - b) : order;
    const chunks = picked.flatMap((at, n) => [valid[at] ?? "", inserted[n] ?? ""]);
    const bytes = Buffer.from(chunks.join(""));
    for (const [at, byte] of spoilt) if (at < bytes.length) bytes[at] = byte;
    const sent = bytes.subarray(0, cutAt ?? bytes.length);
    const cuts = [0, ...writes.filter((at) => at < sent.length).toSorted((a, b) => a - b)];
    return cuts.map((from, n) => sent.subarray(from, cuts[n + 1] ?? sent.length));
  });

test("whatever becomes of a model server's stream, the run ends as documented", async () => {
  await fc.assert(
    fc.asyncProperty(mutated, async (writes) => {
      server.replyWith((res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        for (const bytes of writes) res.write(bytes);
        res.end();
      });
      stack.model.script = (request, signal) =>
        createBedrockModel({ client }).stream(request, signal);
      await expectReadable();
    }),
    { numRuns: 60 },
  );
}, 240_000);
