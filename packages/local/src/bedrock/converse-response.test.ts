import { expect, test } from "vitest";
import type { StreamEvent } from "./backend.ts";
import { collect } from "./converse-response.ts";

async function* events(...list: StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* list;
}

const delta = (contentBlockIndex: number, body: StreamEvent["body"]): StreamEvent => ({
  name: "contentBlockDelta",
  body: { contentBlockIndex, delta: body },
});

test("reasoning, text and a tool's input are put together from their pieces", async () => {
  const toolUse = { toolUseId: "t1", name: "look_up" };
  const stream = events(
    { name: "messageStart", body: { role: "assistant" } },
    delta(0, { reasoningContent: { text: "H" } }),
    delta(0, { reasoningContent: { text: "m" } }),
    delta(0, { reasoningContent: { signature: "c2ln" } }),
    delta(1, { text: "One " }),
    delta(1, { text: "moment" }),
    { name: "contentBlockStart", body: { contentBlockIndex: 2, start: { toolUse } } },
    delta(2, { toolUse: { input: '{"word":' } }),
    delta(2, { toolUse: { input: '"owl"}' } }),
    { name: "messageStop", body: { stopReason: "tool_use" } },
    { name: "metadata", body: { usage: { inputTokens: 1 }, metrics: { latencyMs: 2 } } },
  );
  expect(await collect(stream)).toEqual({
    output: {
      message: {
        role: "assistant",
        content: [
          { reasoningContent: { reasoningText: { text: "Hm", signature: "c2ln" } } },
          { text: "One moment" },
          { toolUse: { ...toolUse, input: { word: "owl" } } },
        ],
      },
    },
    stopReason: "tool_use",
    usage: { inputTokens: 1 },
    metrics: { latencyMs: 2 },
  });
});
