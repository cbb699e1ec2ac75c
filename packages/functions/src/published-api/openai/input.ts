import type { NewContent } from "@outlet/core/conversations/run";
import { contentOf, invalid } from "./content.ts";
import * as Text from "@outlet/core/foundation/text";

/** A message of a request, or where one is to be found that was said before. */
export type Said =
  | { role: "user" | "assistant" | "developer"; content: NewContent[] }
  /** `input`: the place of an item that came in then; `null` is the answer. */
  | { runId: string; input: number | null; param: string };

const messagesMax = 1_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const roles = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "developer"],
  ["developer", "developer"],
] as const);

type KnownRole = Parameters<typeof roles.get>[0];

/**
 * Items that come back in the histories of agents and hand-offs, from models with tools of the
 * caller's own: they say nothing to this one.
 */
const isOfAnAgent = (type: string): boolean =>
  type === "reasoning" ||
  type === "compaction" ||
  type.endsWith("_call") ||
  type.endsWith("_call_output") ||
  type.startsWith("mcp_");

/**
 * `input` of a request to `/v1/responses`.
 * @throws ProblemError naming the item.
 */
export function readInput(input: unknown): Said[] {
  if (typeof input === "string") {
    const content = contentOf(input, "input", "user");
    if (content.length === 0) throw invalid("input", "must not be empty");
    return [{ role: "user", content }];
  }
  if (!Array.isArray(input)) throw invalid("input", "must be a string or an array of items");
  if (input.length === 0) throw invalid("input", "must not be empty");
  if (input.length > messagesMax) throw invalid("input", `must have at most ${messagesMax} items`);
  return input.flatMap((item, index) => readItem(item, `input[${index}]`));
}

function readItem(item: unknown, param: string): Said[] {
  if (!isObject(item)) throw invalid(param, "must be an object");
  const { type, role, id } = item;
  if (type === "item_reference" || (type === undefined && role === undefined && id !== undefined)) {
    return readReference(id, param);
  }
  if (typeof type === "string" && isOfAnAgent(type)) return [];
  if (type !== undefined && type !== "message") {
    const name = typeof type === "string" ? `type "${Text.cut(type, 40)}"` : "such a type";
    throw invalid(param, `items of ${name} are not taken here`);
  }
  return [readMessage(item, param)];
}

/** Items carry the run's id: `msg_{run}`, `rs_{run}`; `_in{n}` what came in, `_{n}` repeated answers. */
const reference = /^(msg|rs)_([0-7][0-9A-HJKMNP-TV-Z]{25})(?:_in([0-9]{1,4})|_[0-9]{1,4})?$/;

function readReference(id: unknown, param: string): Said[] {
  const [, kind, runId, input] = reference.exec(typeof id === "string" ? id : "") ?? [];
  if (!kind || !runId) {
    throw invalid(`${param}.id`, "names no item of this bot; send the item itself");
  }
  return kind === "msg"
    ? [{ runId, input: input === undefined ? null : Number(input), param: `${param}.id` }]
    : [];
}

/** A message of either dialect: `{role, content}`. */
function readMessage(item: Record<string, unknown>, param: string): Said {
  const role = roles.get(item.role as KnownRole);
  if (!role) throw invalid(`${param}.role`, "must be user, assistant, system or developer");
  return { role, content: contentOf(item.content, `${param}.content`, role) };
}

/**
 * `messages` of a request to `/v1/chat/completions`.
 * @throws ProblemError naming the message.
 */
export function readChatMessages(messages: unknown): Said[] {
  if (!Array.isArray(messages)) throw invalid("messages", "must be an array");
  if (messages.length === 0) throw invalid("messages", "must not be empty");
  if (messages.length > messagesMax) {
    throw invalid("messages", `must have at most ${messagesMax} messages`);
  }
  return messages.flatMap((message, index) => {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, "must be an object");
    if (message.role === "tool" || message.role === "function") return [];
    return [readMessage(message, param)];
  });
}
