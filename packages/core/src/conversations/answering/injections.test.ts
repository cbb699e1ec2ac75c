import * as v from "valibot";
import { expect, test } from "vitest";
import { Tools } from "../../bots/tools/index.ts";
import type { ModelContent, ModelRequest, Tool, ToolCall } from "../../ports/index.ts";
import { answered } from "./answering.test-support.ts";
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
  const opened: string[] = [];
  const offered: Record<string, Tool[]> = {
    allowed: [tool("look", text), tool("order", "ordered")],
    "not-allowed": [tool("delete_everything", "gone"), tool("read_secret", secret)],
  };
  const seen: ModelRequest[] = [];
  await answered({
    model: obedient(seen),
    offered,
    opened: (toolId) => void opened.push(toolId),
    tools: { allowed: ["allowed"] },
  });
  // What is not on the list is not even opened: there is nothing there that a name could lead to.
  expect(opened).toEqual(["allowed"]);
  const names = new Set(called.map(({ name }) => name));
  expect([...names].filter((name) => name !== "look" && name !== "order")).toEqual([]);
  // The model did obey, and was refused; or it called what the list holds.
  expect(seen.length).toBeGreaterThan(1);
  expect(JSON.stringify(seen)).not.toContain(secret);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
  // A name that the model made up is told to be none, for Converse wants a word on each.
  for (const { name, description } of seen.flatMap(({ tools = [] }) => tools)) {
    if (name !== "look" && name !== "order") expect(description).toContain("no such tool");
  }
});
