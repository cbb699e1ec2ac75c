import * as Embeddings from "@outlet/core/models/embeddings";
import * as Tokens from "@outlet/core/models/tokens";
import { type Embedded, type Embedder, EmbedderUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import type { JsonClient } from "./lean/json-client.ts";

/** Texts in one request to Cohere's models, and requests that are under way at a time to Titan. */
const batchMax = 96;
const parallelMax = 8;
/** Of one try; for one question somebody waits, for more, as for passages, a sync. */
const timeoutMs = { asked: 5_000, synced: 30_000 };

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const TitanAnswer = v.object({ embedding: v.array(v.number()), inputTextTokenCount: v.number() });
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const CohereAnswer = v.object({ embeddings: v.array(v.array(v.number())) });

const cohereTypes = { question: "search_query", passage: "search_document" } as const;

/**
 * The embedder port on Bedrock's InvokeModel
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html). Give it a
 * client that tries often: throttling is usual where many passages are embedded.
 * @example createBedrockEmbedder({ client: createJsonClient("bedrock-runtime", { region }), model })
 */
export function createBedrockEmbedder({
  client,
  model,
}: {
  client: JsonClient;
  model: Embeddings.Model;
}): Embedder {
  const { modelId, dimensions } = model;
  const path = `/model/${encodeURIComponent(modelId)}/invoke`;
  const embedIn = (waitMs: number): Embed => {
    const invoke: Invoke = (body) => client.call(path, body, { timeoutMs: waitMs });
    return { titan: titanOf(invoke, dimensions), cohere: cohereOf(invoke) }[model.family];
  };
  const embed = { asked: embedIn(timeoutMs.asked), synced: embedIn(timeoutMs.synced) };
  return {
    ...Embeddings.facts(model),
    async embed(texts, kind) {
      try {
        const who = kind === "question" && texts.length === 1 ? "asked" : "synced";
        return whole(await embed[who](texts, kind), texts.length);
      } catch (cause) {
        const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
        throw new EmbedderUnavailable(`${modelId}: ${reason}`, { cause });
      }
    },
  };
}

type Invoke = (body: object) => Promise<unknown>;
type Embed = Embedder["embed"];

/** One text a request. */
const titanOf =
  (invoke: Invoke, dimensions: number | undefined): Embed =>
  async (texts) => {
    const answers: v.InferOutput<typeof TitanAnswer>[] = [];
    for (let at = 0; at < texts.length; at += parallelMax) {
      const asked = texts.slice(at, at + parallelMax).map(async (inputText) => {
        const body = { inputText, normalize: true, ...(dimensions && { dimensions }) };
        return v.parse(TitanAnswer, await invoke(body));
      });
      answers.push(...(await Promise.all(asked)));
    }
    return {
      vectors: answers.map(({ embedding }) => Float32Array.from(embedding)),
      inputTokens: answers.reduce((sum, { inputTextTokenCount }) => sum + inputTextTokenCount, 0),
    };
  };

const cohereOf =
  (invoke: Invoke): Embed =>
  async (texts, kind) => {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += batchMax) {
      const batch = texts.slice(at, at + batchMax);
      const body = { texts: batch, input_type: cohereTypes[kind], truncate: "END" };
      const { embeddings } = v.parse(CohereAnswer, await invoke(body));
      vectors.push(...embeddings.map((one) => Float32Array.from(one)));
    }
    const inputTokens = texts.reduce((sum, text) => sum + Tokens.estimate(text), 0);
    return { vectors, inputTokens };
  };

/** @throws Error where there is not one vector for each text, all of one length. */
function whole(embedded: Embedded, count: number): Embedded {
  const length = embedded.vectors[0]?.length ?? 0;
  const fits = embedded.vectors.every((vector) => vector.length === length && length > 0);
  if (fits && embedded.vectors.length === count) return embedded;
  throw new Error(
    `gave ${embedded.vectors.length} vectors for ${count} texts, or of other lengths`,
  );
}
