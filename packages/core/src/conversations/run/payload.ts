import * as v from "valibot";
import { nodeCrypto, type ObjectStore, Place } from "../../ports/index.ts";
import type { Address } from "./address.ts";
import { type NewSurroundings, noSurroundings, Surroundings } from "./asked.ts";
import { Content, type NewContent, PayloadMissing, textOf } from "./content.ts";
import * as Steps from "./steps.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";

/** Text of a run that may be too large for its item: in it, or in the object store. */
export const Stored = v.object({ json: v.nullable(v.string()), path: v.nullable(v.string()) });
export type Stored = v.InferOutput<typeof Stored>;

/** A passage that the model was given. `[^n]` in an answer names the one whose rank is n - 1. */
export const Chunk = v.object({
  content: v.string(),
  contentType: v.string(),
  /** The name of its source. */
  source: v.string(),
  rank: v.number(),
  sourceId: v.optional(v.string()),
  /** Which passage of its source, from 0. */
  passage: v.optional(v.number()),
  place: v.optional(Place),
});
export type Chunk = v.InferOutput<typeof Chunk>;

export const Answer = v.object({
  /** What the model answered; partial where the run failed or was cancelled. */
  answer: v.nullable(v.array(Content)),
  usedChunks: v.nullable(v.array(Chunk)),
  /** What was called on the way. */
  steps: v.optional(v.array(Steps.Step), []),
});
export type Answer = v.InferOutput<typeof Answer>;

/**
 * Bytes beyond which text goes to the object store. An item holds 400 KB, but each of its writes and
 * reads is billed by its whole size: three writes of 32 KB cost more than one object.
 */
const inlineMax = 32_000;
/** The same for each image or attachment; base64 of it lies in the item. */
const binaryInlineMax = 4_000;

/**
 * Where the objects of a run lie. The days of retention are part of the path, so that a bucket
 * without a sweeper can expire them by rules on prefixes. Ids may be longer than an object's name.
 */
export const folderOf = (address: Address, runId: string, retentionDays: number): string => {
  const conversation = nodeCrypto()
    .createHash("sha256")
    .update(Layout.conversationPartition(address))
    .digest("hex")
    .slice(0, 40);
  return `runs/${retentionDays}d/${address.botId}/${conversation}/${runId}`;
};

/** What the user said, and what came with it. */
export interface Question {
  content: Content[];
  surroundings: Surroundings;
}

const Question = v.union([
  v.pipe(
    v.array(Content),
    v.transform((content): Question => ({ content, surroundings: noSurroundings })),
  ),
  v.object({ content: v.array(Content), surroundings: Surroundings }),
]);

/** Stores what the user said: each large part as an object of its own bytes. */
export async function storeQuestion(
  objects: ObjectStore,
  folder: string,
  content: readonly NewContent[],
  surroundings?: NewSurroundings,
): Promise<Stored> {
  const parts = await storeParts(objects, `${folder}/part`, content);
  const question = `${folder}/question.json`;
  if (!surroundings) return storeText(objects, question, JSON.stringify(parts));
  const earlier: Surroundings["earlier"] = [];
  for (const [index, message] of surroundings.earlier.entries()) {
    const path = `${folder}/earlier-${index}`;
    earlier.push({ ...message, content: await storeParts(objects, path, message.content) });
  }
  const whole: Question = { content: parts, surroundings: { ...surroundings, earlier } };
  return storeText(objects, question, JSON.stringify(whole));
}

async function storeParts(
  objects: ObjectStore,
  path: string,
  content: readonly NewContent[],
): Promise<Content[]> {
  const parts: Content[] = [];
  for (const [index, part] of content.entries()) {
    if (part.contentType === "text") {
      parts.push(part);
      continue;
    }
    const { bytes, ...rest } = part;
    parts.push({ ...rest, data: await storeBytes(objects, `${path}-${index}`, bytes) });
  }
  return parts;
}

/** @param token of the attempt: an overtaken one must not write over its successor's. */
export const storeAnswer = (
  objects: ObjectStore,
  folder: string,
  token: number,
  answer: Answer,
): Promise<Stored> => {
  if (!v.is(Answer, answer)) throw new Shape.Unwritable("An answer would not be readable.");
  return storeText(objects, `${folder}/answer-${token}.json`, JSON.stringify(answer));
};

async function storeBytes(objects: ObjectStore, path: string, bytes: Uint8Array) {
  const size = bytes.byteLength;
  if (size <= binaryInlineMax) {
    return { size, base64: Buffer.from(bytes).toString("base64"), path: null };
  }
  await objects.put(path, bytes, "application/octet-stream");
  return { size, base64: null, path };
}

async function storeText(objects: ObjectStore, path: string, json: string): Promise<Stored> {
  const bytes = Buffer.from(json);
  if (bytes.byteLength <= inlineMax) return { json, path: null };
  await objects.put(path, bytes, "application/json");
  return { json: null, path };
}

export const readQuestion = async (objects: ObjectStore, stored: Stored): Promise<Question> =>
  parse(Question, await readText(objects, stored));

/** The text of a question that lies in the item itself; `null` where it has to be fetched, or cannot be read. */
export function inlineText({ json }: Stored): string | null {
  if (json === null) return null;
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Question), json);
  return found.success ? textOf(found.output.content) : null;
}

export async function readAnswer(objects: ObjectStore, stored: Stored | null): Promise<Answer> {
  if (!stored) return { answer: null, usedChunks: null, steps: [] };
  return parse(Answer, await readText(objects, stored));
}

/** @throws PayloadMissing where it is not what was stored. */
function parse<S extends v.GenericSchema>(schema: S, json: string): v.InferOutput<S> {
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), json);
  if (found.success) return found.output;
  const path = v.getDotPath(found.issues[0]) ?? "all of it";
  throw new PayloadMissing(`What a run says cannot be read: ${path}.`);
}

async function readText(objects: ObjectStore, { json, path }: Stored): Promise<string> {
  if (path === null) return json ?? "";
  const bytes = await objects.get(path);
  if (!bytes) throw new PayloadMissing(`The object ${path} of a run is missing.`);
  return Buffer.from(bytes).toString("utf8");
}

/** Removes every object that a run may name. */
export async function removePayload(
  objects: ObjectStore,
  question: Stored,
  answer: Stored | null,
): Promise<void> {
  const paths = [question.path, answer?.path ?? null];
  try {
    const { content, surroundings } = await readQuestion(objects, question);
    for (const part of [content, ...surroundings.earlier.map((it) => it.content)].flat()) {
      if ("data" in part) paths.push(part.data.path);
    }
  } catch (error) {
    // Its list of parts has gone before: so have they.
    if (!(error instanceof PayloadMissing)) throw error;
  }
  // The list last: a removal that is broken off can be repeated.
  for (const path of paths.toReversed()) if (path !== null) await objects.remove(path);
}
