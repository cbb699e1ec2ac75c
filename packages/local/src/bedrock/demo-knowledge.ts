import type { Content, ConverseRequest } from "./converse-request.ts";

/** A text to answer from, and what to call it. */
interface Passage {
  source: string;
  text: string;
}

interface Attachment {
  /** For a person: `image (png, 120 bytes)`. */
  description: string;
  passage?: Passage;
}

/** What the demo model was given, taken apart. */
export interface Material {
  /** System text that is no knowledge, as it came. */
  instruction: string;
  /** Knowledge passages in order of rank, then documents of the conversation. */
  passages: Passage[];
  /** Text of the user's turns, oldest first. The last one is the question. */
  userTurns: string[];
  assistantTurns: string[];
  /** Of the last message. */
  attachments: Attachment[];
}

/**
 * Lenient: an unclosed passage ends where the next one begins, or the knowledge does. A tag holds no
 * `<`, so that a thousand unfinished ones are not read a thousand times.
 */
const passage = /<passage\b([^<>]*)>([\s\S]*?)(?:<\/passage>|(?=<passage\b)|(?=<\/knowledge>)|$)/gi;
const place = /^\n?\[([^\]\n]{1,1000})\]\n/;
const knowledgeTag = /<\/?knowledge\b[^<>]*>/gi;

const entities = new Map(
  Object.entries({
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&apos;": "'",
  }),
);
const unescape = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|apos|#39);/g, (entity) => entities.get(entity) ?? entity);

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|(\\S+))`, "i").exec(
    attributes,
  );
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : unescape(value);
}

function readPassages(block: string): Passage[] {
  const found = [...block.matchAll(passage)].map(([, attributes = "", text = ""], index) => ({
    source: attribute(attributes, "source") ?? "the knowledge",
    // Where it stands in its file is a heading, and no sentence to be quoted.
    text: unescape(text).replace(place, "# $1\n"),
    rank: Number(attribute(attributes, "rank") ?? index + 1),
  }));
  return found
    .sort((a, b) => (a.rank || Infinity) - (b.rank || Infinity))
    .map(({ source, text }) => ({ source, text }));
}

/** Of each document: a demonstration need not index megabytes while everything else waits. */
const readMaxBytes = 200_000;

const textFormats = new Set(["txt", "md", "csv", "html"]);

function readAttachment(part: Content): Attachment | undefined {
  if (part.kind === "image") {
    return { description: `image (${part.format}, ${part.bytes.length} bytes)` };
  }
  if (part.kind !== "document") return undefined;
  const description = `document "${part.name}" (${part.format}, ${part.bytes.length} bytes)`;
  if (!textFormats.has(part.format)) return { description };
  const decoded = new TextDecoder().decode(part.bytes.subarray(0, readMaxBytes));
  const text = part.format === "html" ? unescape(decoded.replace(/<[^<>]*>/g, " ")) : decoded;
  return { description, passage: { source: part.name, text } };
}

const attachmentsOf = (content: Content[]): Attachment[] =>
  content.flatMap((part) => readAttachment(part) ?? []);

const textOf = (content: Content[]): string =>
  content.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");

/** @param results what was found by searching the knowledge is knowledge, too. */
export function readMaterial(
  { system, messages }: ConverseRequest,
  results: readonly { text: string }[] = [],
): Material {
  const knowledge = [...system, ...results.map(({ text }) => text)].flatMap(readPassages);
  const documents = messages.flatMap(({ content }) =>
    attachmentsOf(content).flatMap((attachment) => attachment.passage ?? []),
  );
  const turns = (role: "user" | "assistant"): string[] =>
    messages.filter((message) => message.role === role).map(({ content }) => textOf(content));
  return {
    instruction: system
      .map((block) => block.replace(passage, "").replace(knowledgeTag, "").trim())
      .filter((text) => text !== "")
      .join("\n\n"),
    passages: [...knowledge, ...documents],
    userTurns: turns("user"),
    assistantTurns: turns("assistant"),
    attachments: attachmentsOf(messages.at(-1)?.content ?? []),
  };
}
