import { Embeddings } from "@outlet/core/models/embeddings";
import { Tokens } from "@outlet/core/models/tokens";
import { type Embedded, type Embedder, EmbedderUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import type { JsonClient } from "./lean/json-client.ts";

type Kind = Parameters<Embedder["embed"]>[1];

/** Texts in one request to Cohere's models, and requests that are under way at a time to Titan. */
const batchMax = 96;
const parallelMax = 8;
/** Of one try; a question waits for no second one that is slow too. */
const timeoutMs = { question: 5_000, passage: 30_000 };

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
  const invoke: Invoke = (body, kind) => client.call(path, body, { timeoutMs: timeoutMs[kind] });
  const embed = { titan: titanOf(invoke, dimensions), cohere: cohereOf(invoke) }[model.family];
  return {
    ...Embeddings.facts(model),
    async embed(texts, kind) {
      try {
        return whole(await embed(texts, kind), texts.length);
      } catch (cause) {
        const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
        throw new EmbedderUnavailable(`${modelId}: ${reason}`, { cause });
      }
    },
  };
}

type Invoke = (body: object, kind: Kind) => Promise<unknown>;
type Embed = Embedder["embed"];

/** One text a request. */
const titanOf =
  (invoke: Invoke, dimensions: number | undefined): Embed =>
  async (texts, kind) => {
    const answers: v.InferOutput<typeof TitanAnswer>[] = [];
    for (let at = 0; at < texts.length; at += parallelMax) {
      const asked = texts.slice(at, at + parallelMax).map(async (inputText) => {
        const body = { inputText, normalize: true, ...(dimensions && { dimensions }) };
        return v.parse(TitanAnswer, await invoke(body, kind));
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
      const { embeddings } = v.parse(CohereAnswer, await invoke(body, kind));
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
