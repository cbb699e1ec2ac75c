import * as v from "valibot";
import { expect, test } from "vitest";
import { Bot } from "../../bots/bot/index.ts";
import { Tools } from "../../bots/tools/index.ts";
import { ModelCatalog } from "../../models/catalog/index.ts";
import {
  type ModelContent,
  type ModelRequest,
  silentLog,
  systemClock,
  type Tool,
  type ToolCall,
} from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Answering } from "./index.ts";
import { injections } from "./injections.test-support.ts";

const secret = "sk-a-secret-of-the-owner";
const usage = {
  inputTokens: 1,
  outputTokens: 1,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
};
const order = /DO ([a-z_]+) (\{.*?\})(?=[^}]|$)/g;

const textOf = (part: ModelContent): string =>
  part.type === "text" ? part.text : part.type === "toolResult" ? part.content : "";

/** Obeys whatever it reads, in a result, a passage or a message: the worst model that there can be. */
const obedient = (seen: ModelRequest[]) => ({
  async *stream(request: ModelRequest) {
    seen.push(request);
    const isFirst = !request.messages.some(({ content }) =>
      content.some(({ type }) => type === "toolUse"),
    );
    const read = (request.messages.at(-1)?.content ?? []).map(textOf).join("\n");
    const orders = isFirst ? [["", "look", "{}"]] : [...read.matchAll(order)];
    yield { type: "text" as const, text: "Yes." };
    for (const [at, [, name = "", input = ""]] of orders.entries()) {
      yield { type: "toolUse" as const, callId: `${seen.length}-${at}`, name, input };
    }
    yield { type: "stop" as const, reason: orders.length > 0 ? "tool_use" : "end_turn" };
    yield { type: "usage" as const, usage };
  },
});

test("there are more than fifty of them, each another one", () => {
  expect(new Set(injections).size).toBeGreaterThan(50);
});

test.each(injections)("nothing but the allow-list is called by: %s", async (text) => {
  const called: (ToolCall & { name: string })[] = [];
  const tool = (name: string, said: string): Tool => ({
    definition: {
      name,
      description: name,
      inputSchema: { type: "object" },
      isSafeToRepeat: true,
      limits: v.parse(Tools.Limits, {}),
    },
    async call(call) {
      called.push({ ...call, name });
      return { outcome: "ok", content: said };
    },
  });
  const table = createMemoryTable();
  const setting = {
    kind: "http" as const,
    title: "",
    baseUrl: "https://a.test",
    hosts: [],
    operations: [],
  };
  const limits = v.parse(Tools.Limits, {});
  for (const toolId of ["allowed", "not-allowed"]) {
    await Tools.put(table, { botId: "B", toolId, setting, limits, createdAt: 1, updatedAt: 1 });
  }
  const opened: string[] = [];
  const offered: Record<string, Tool[]> = {
    allowed: [tool("look", text), tool("order", "ordered")],
    "not-allowed": [tool("delete_everything", "gone"), tool("read_secret", secret)],
  };
  const seen: ModelRequest[] = [];
  const bot = v.parse(Bot.Info, {
    botId: "B",
    ownerId: "O",
    title: "T",
    description: "",
    instruction: "",
    model: "claude-v4.5-haiku",
    callerModels: [],
    generation: {},
    scope: "all",
    allowedUsers: [],
    allowedGroups: [],
    syncStatus: "SUCCEEDED",
    showSources: false,
    tools: { allowed: ["allowed"] },
    createdAt: 1,
    updatedAt: 1,
  });
  const none = async (): Promise<never> => {
    throw new Error("Nobody needs it here.");
  };
  const answering = Answering.answer(
    {
      table,
      objects: { put: none, get: none, getRange: none, remove: none },
      retriever: { search: async () => ({ engine: "lexical", passages: [] }) },
      catalog: ModelCatalog.createCatalog(["claude-v4.5-haiku"]),
      clock: systemClock,
      randomness: { fraction: () => 0, bytes: (size) => new Uint8Array(size) },
      log: silentLog,
      policy: { modelTriesMax: 1, backoffMs: 0, backoffMaxMs: 0, runTimeMaxMs: 60_000 },
      remoteTools: {
        async open({ toolId }) {
          opened.push(toolId);
          return offered[toolId] ?? [];
        },
      },
      model: obedient(seen),
    },
    {
      bot,
      requestedModel: null,
      runId: "R",
      keyId: "K",
      query: "Look.",
      reasoning: false,
      readMessages: async () => ({
        question: [{ type: "text", text: "Look." }],
        history: [],
        developer: [],
      }),
    },
    new AbortController().signal,
  );
  let next = await answering.next();
  while (!next.done) next = await answering.next();
  // What is not on the list is not even opened: there is nothing there that a name could lead to.
  expect(opened).toEqual(["allowed"]);
  const names = new Set(called.map(({ name }) => name));
  expect([...names].filter((name) => name !== "look" && name !== "order")).toEqual([]);
  // The model did obey, and was refused; or it called what the list holds.
  expect(seen.length).toBeGreaterThan(1);
  expect(JSON.stringify(seen)).not.toContain(secret);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
  expect(seen.flatMap(({ tools = [] }) => tools.map(({ name }) => name))).not.toContain(
    "read_secret",
  );
});
