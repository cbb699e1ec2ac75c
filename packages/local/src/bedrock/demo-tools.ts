import type { Content, ConverseRequest, Message } from "./converse-request.ts";
import type { Json } from "./backend.ts";
import { callsFor, type DemoCall } from "./demo-questions.ts";

/** Where what was asked begins: the last message of the user that brings no results. */
const askedAt = (messages: readonly Message[]): number =>
  messages.findLastIndex(({ role, content }) => role === "user" && !content.some(isResult));

const isResult = ({ kind }: Content): boolean => kind === "toolResult";

/** What was asked, without what has been called since. */
export const withoutCalls = (request: ConverseRequest): ConverseRequest => ({
  ...request,
  messages: request.messages.slice(0, askedAt(request.messages) + 1),
});

/** What has come back since the question, oldest first. */
export function resultsOf({ messages }: ConverseRequest): { name: string; text: string }[] {
  const since = messages.slice(askedAt(messages) + 1).flatMap(({ content }) => content);
  const names = new Map(
    since.flatMap((part) => (part.kind === "toolUse" ? [[part.id, part.name] as const] : [])),
  );
  return since.flatMap((part) =>
    part.kind === "toolResult" ? [{ name: names.get(part.id) ?? "a tool", text: part.text }] : [],
  );
}

/**
 * What the demo model calls next. It calls what it is told to, by fixed phrases:
 *
 *     call NAME {"a": 1}                      one tool
 *     call A {} and call B {}                 side by side
 *     call A {} then call B {}                one after the other
 *
 * Where it is told nothing, it works out the sum and looks up the time that the question asks for
 * ({@link callsFor}), and where it may search the bot's knowledge it searches for the question: all
 * side by side, once. What it is not offered it does not call.
 */
export function nextCalls(request: ConverseRequest): DemoCall[] {
  const { messages, tools = [] } = request;
  const at = askedAt(messages);
  const question = textOf(messages[at]);
  const rounds = messages.slice(at + 1).filter(({ role }) => role === "assistant").length;
  // Told to answer: there are words beside the results.
  if (rounds > 0 && textOf(messages.at(-1)) !== "") return [];
  const offered = new Set(tools.map(({ name }) => name));
  const told = readPhrases(question).map((group) => group.filter(({ name }) => offered.has(name)));
  const groups = told.filter((group) => group.length > 0);
  if (groups.length === 0) {
    const asked = callsFor(question, offered);
    if (offered.has("search_knowledge") && question.trim() !== "") {
      asked.push({ name: "search_knowledge", input: { query: question } });
    }
    if (asked.length > 0) groups.push(asked);
  }
  return groups[rounds] ?? [];
}

const textOf = (message: Message | undefined): string =>
  (message?.content ?? []).flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");

const phrase = /(?:\b(?<joint>then|and)\s+)?\bcall\s+(?<name>[a-zA-Z0-9_-]{1,64})\s*(?=\{)/g;

/** Groups of calls: those of one group are called side by side. */
function readPhrases(text: string): DemoCall[][] {
  const groups: DemoCall[][] = [];
  for (const found of text.matchAll(phrase)) {
    const input = readObject(text, found.index + found[0].length);
    if (input === undefined) continue;
    const { name = "", joint } = found.groups ?? {};
    const last = groups.at(-1);
    if (joint === "and" && last) last.push({ name, input });
    else groups.push([{ name, input }]);
  }
  return groups;
}

const inputMax = 10_000;

/** The JSON object that begins there: up to the bracket that makes it one. */
function readObject(text: string, from: number): Json | undefined {
  const until = Math.min(text.length, from + inputMax);
  let depth = 0;
  let inString = false;
  for (let at = from; at < until; at++) {
    const sign = text[at];
    if (inString) {
      if (sign === "\\") at += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === "{") depth += 1;
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) return parse(text.slice(from, at + 1));
    }
  }
  return undefined;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
