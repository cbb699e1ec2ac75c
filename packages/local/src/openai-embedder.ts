import { Text } from "@outlet/core/foundation/text";
import { Tokens } from "@outlet/core/models/tokens";
import { type Clock, type Embedder, EmbedderUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import { ask, type ModelServer } from "./model-server.ts";

/**
 * How a server is told whether a text is asked or answers: by the field `input_type`, by words before
 * the text, as E5 models were trained with, or not at all.
 */
export const kinds = ["none", "field", "prefix"] as const;
export type Kind = (typeof kinds)[number];

export interface EmbeddingsServer extends ModelServer {
  model: string;
  kind: Kind;
}

const inputTypes = { question: "query", passage: "passage" } as const;

/** Of an answer that is no answer: a batch of the longest vectors has a tenth of it. */
const answerMax = 64 * 1024 * 1024;
const triesMax = 3;
const backoffMs = 500;
/** For one question somebody waits; for more, as for passages, a sync, and a small machine embeds few a second. */
const timeoutMs = { asked: 5_000, synced: 120_000 };

const Answer = v.object({
  data: v.array(
    v.object({
      index: v.optional(v.number()),
      /** Numbers, or base64 of little-endian float32: some servers know one form only. */
      embedding: v.union([v.array(v.number()), v.string()]),
    }),
  ),
});

/**
 * The embedder port on `POST /embeddings` of an OpenAI-compatible server.
 * https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function createOpenAiEmbedder(server: EmbeddingsServer, clock: Clock): Embedder {
  return {
    id: `${server.model} ${server.kind}`,
    async embed(texts, kind) {
      for (let tries = 1; ; tries++) {
        try {
          const vectors = await embed(server, texts, kind);
          return {
            vectors,
            inputTokens: texts.reduce((sum, text) => sum + Tokens.estimate(text), 0),
          };
        } catch (error) {
          const again = error instanceof Retryable && tries < triesMax && !isWaitedFor(texts, kind);
          if (!again) throw asUnavailable(error);
          await clock.sleep(backoffMs * 2 ** (tries - 1));
        }
      }
    },
  };
}

const isWaitedFor = (texts: readonly string[], kind: "question" | "passage"): boolean =>
  kind === "question" && texts.length === 1;

/** Not reached, too slow, or too busy. */
class Retryable extends Error {}

const asUnavailable = (cause: unknown): EmbedderUnavailable => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbedderUnavailable(`The embeddings server: ${reason}`, { cause });
};

async function embed(
  server: EmbeddingsServer,
  texts: readonly string[],
  kind: "question" | "passage",
): Promise<Float32Array[]> {
  const { model, kind: how } = server;
  const inputType = inputTypes[kind];
  const body = {
    model,
    input: how === "prefix" ? texts.map((text) => `${inputType}: ${text}`) : texts,
    encoding_format: "float",
    ...(how === "field" ? { input_type: inputType } : {}),
  };
  const signal = AbortSignal.timeout(isWaitedFor(texts, kind) ? timeoutMs.asked : timeoutMs.synced);
  const { ok, status, text } = await ask(server, "embeddings", body, { signal, answerMax }).catch(
    (cause: unknown) => {
      throw new Retryable("could not be reached, or was too slow", { cause });
    },
  );
  if (status === 429 || status >= 500) throw new Retryable(`answered with status ${status}`);
  if (!ok) throw new Error(`answered with status ${status}: ${Text.cut(text, 300)}`);
  return readVectors(text, texts.length);
}

/** @throws Error where there is not one vector for each text, all of one length. */
function readVectors(text: string, count: number): Float32Array[] {
  const { data } = v.parse(Answer, JSON.parse(text));
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  for (const [i, { index = i, embedding }] of data.entries()) vectors[index] = toVector(embedding);
  const length = vectors[0]?.length ?? 0;
  return vectors.map((vector) => {
    if (vector && length > 0 && vector.length === length && vectors.length === count) return vector;
    throw new Error(`gave ${data.length} vectors for ${count} texts, or some of other lengths`);
  });
}

function toVector(embedding: number[] | string): Float32Array {
  if (typeof embedding !== "string") return Float32Array.from(embedding);
  const bytes = Buffer.from(embedding, "base64");
  const vector = new Float32Array(bytes.length >> 2);
  for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatLE(4 * i);
  return vector;
}
