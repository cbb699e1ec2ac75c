import type { Json, StreamEvent } from "./backend.ts";

type JsonObject = { [name: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Converse's answer: the events of ConverseStream put together. */
export async function collect(events: AsyncIterable<StreamEvent>): Promise<JsonObject> {
  const blocks = new Map<number, JsonObject>();
  let rest: JsonObject = {};
  for await (const { name, body } of events) {
    const index = Number(body["contentBlockIndex"] ?? 0);
    if (name === "contentBlockStart" && isObject(body["start"])) {
      blocks.set(index, { ...body["start"] });
    } else if (name === "contentBlockDelta" && isObject(body["delta"])) {
      blocks.set(index, extend(blocks.get(index) ?? {}, body["delta"]));
    } else if (name === "messageStop" || name === "metadata") {
      rest = { ...rest, ...body };
    }
  }
  const content = [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => close(block));
  return { output: { message: { role: "assistant", content } }, ...rest };
}

function extend(block: JsonObject, delta: JsonObject): JsonObject {
  if ("text" in delta) return { ...block, text: textOf(block["text"]) + textOf(delta["text"]) };
  if (isObject(delta["toolUse"])) {
    const before = isObject(block["toolUse"]) ? block["toolUse"] : {};
    const input = textOf(before["input"]) + textOf(delta["toolUse"]["input"]);
    return { toolUse: { ...before, input } };
  }
  if (isObject(delta["reasoningContent"])) {
    const before = isObject(block["reasoningContent"]) ? block["reasoningContent"] : {};
    return { reasoningContent: extendReasoning(before, delta["reasoningContent"]) };
  }
  return { ...block, ...delta };
}

function extendReasoning(block: JsonObject, delta: JsonObject): JsonObject {
  if ("redactedContent" in delta) return delta;
  const before = isObject(block["reasoningText"]) ? block["reasoningText"] : {};
  const text = textOf(before["text"]) + textOf(delta["text"]);
  return { reasoningText: { ...before, ...delta, text } };
}

/** A tool's input comes in pieces of JSON text and is handed on as JSON. */
function close(block: JsonObject): JsonObject {
  if (!isObject(block["toolUse"])) return block;
  const input = textOf(block["toolUse"]["input"]) || "{}";
  return { toolUse: { ...block["toolUse"], input: JSON.parse(input) } };
}
