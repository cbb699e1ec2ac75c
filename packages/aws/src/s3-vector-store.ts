import { createHash } from "node:crypto";
import {
  type StoredVector,
  type VectorIndex,
  type VectorStore,
  VectorStoreUnavailable,
} from "@outlet/core/ports";
import * as v from "valibot";
import type { JsonClient } from "./lean/json-client.ts";
import { ServiceError } from "./lean/service-error.ts";
import type { S3VectorsOperation } from "./s3-vectors-rights.ts";

/** Of one try. A question waits for no second one that is slow too. */
const timeoutMs = { question: 5_000, sync: 30_000 };
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html */
const getMax = 100;
const deleteMax = 500;
const listMax = 500;

/** By their names: an endpoint without an operation has a 404 too. */
const notFound = "NotFoundException";
const conflict = "ConflictException";

const Listed = v.object({
  indexes: v.array(v.object({ indexName: v.string() })),
  nextToken: v.nullish(v.string()),
});
const Got = v.object({ vectors: v.array(v.object({ key: v.string() })) });
const Queried = v.object({
  vectors: v.array(v.object({ key: v.string(), distance: v.number() })),
});

/** Names hold small letters, digits, hyphens and dots, 63 at most; bots' ids know no other case. */
const prefixOf = (botId: string): string => `${botId.toLowerCase()}-`;
const nameOf = ({ botId, embedderId }: VectorIndex): string =>
  `${prefixOf(botId)}${createHash("sha256").update(embedderId).digest("hex").slice(0, 16)}`;

/**
 * The port on S3 Vectors, an index for each bot and model
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Vectors.html). Vectors
 * have keys and nothing else: what a passage says lies elsewhere, and a query takes one right.
 * @example createS3VectorStore({ client: createJsonClient("s3vectors", { region }), bucket })
 */
export function createS3VectorStore({
  client,
  bucket: vectorBucketName,
}: {
  client: JsonClient;
  bucket: string;
}): VectorStore {
  /** @throws VectorStoreUnavailable; ServiceError where there is no such index, or there is one. */
  async function call(
    operation: S3VectorsOperation,
    input: object,
    timeout = timeoutMs.sync,
  ): Promise<unknown> {
    try {
      const body = { vectorBucketName, ...input };
      return await client.call(`/${operation}`, body, { timeoutMs: timeout });
    } catch (cause) {
      if (isNamed(cause, notFound) || isNamed(cause, conflict)) throw cause;
      throw unavailable(operation, cause);
    }
  }

  async function create(indexName: string, dimension: number): Promise<void> {
    const input = { indexName, dataType: "float32", dimension, distanceMetric: "cosine" };
    await call("CreateIndex", input).catch(unless(conflict, "CreateIndex"));
  }

  return {
    async put(index, vectors) {
      const indexName = nameOf(index);
      const put = () => call("PutVectors", { indexName, vectors: vectors.map(toInput) });
      try {
        await put();
      } catch (error) {
        if (!isNamed(error, notFound)) throw unavailable("PutVectors", error);
        await create(indexName, vectors[0]?.vector.length ?? 0);
        await put().catch(unless(undefined, "PutVectors"));
      }
    },

    async known(index, keys) {
      const known = new Set<string>();
      for (let at = 0; at < keys.length; at += getMax) {
        const input = { indexName: nameOf(index), keys: keys.slice(at, at + getMax) };
        const answer = await call("GetVectors", input).catch(unless(notFound, "GetVectors"));
        if (answer === undefined) break;
        for (const { key } of read(Got, answer).vectors) known.add(key);
      }
      return known;
    },

    async nearest(index, question, topK) {
      const input = {
        indexName: nameOf(index),
        topK,
        queryVector: { float32: [...question] },
        returnDistance: true,
      };
      const asked = call("QueryVectors", input, timeoutMs.question);
      const answer = await asked.catch(unless(notFound, "QueryVectors"));
      if (answer === undefined) return [];
      const { vectors } = read(Queried, answer);
      return vectors.map(({ key, distance }) => ({ key, similarity: 1 - distance }));
    },

    async remove(index, keys) {
      for (let at = 0; at < keys.length; at += deleteMax) {
        const input = { indexName: nameOf(index), keys: keys.slice(at, at + deleteMax) };
        await call("DeleteVectors", input).catch(unless(notFound, "DeleteVectors"));
      }
    },

    async removeAll(botId, but) {
      const prefix = prefixOf(botId);
      const kept = but === undefined ? undefined : nameOf({ botId, embedderId: but });
      for (let nextToken: string | undefined; ; ) {
        const input = { prefix, maxResults: listMax, ...(nextToken && { nextToken }) };
        const answer = await call("ListIndexes", input).catch(unless(undefined, "ListIndexes"));
        const page = read(Listed, answer);
        for (const { indexName } of page.indexes) {
          // Whatever a store makes of a prefix: other bots' are never removed.
          if (indexName === kept || !indexName.startsWith(prefix)) continue;
          await call("DeleteIndex", { indexName }).catch(unless(notFound, "DeleteIndex"));
        }
        nextToken = page.nextToken ?? undefined;
        if (!nextToken) return;
      }
    },
  };
}

const toInput = ({ key, vector }: StoredVector) => ({ key, data: { float32: [...vector] } });

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof ServiceError && error.name === name;

/** What an error comes to, unless it says what was to be expected. */
const unless =
  (name: string | undefined, operation: string) =>
  (error: unknown): undefined => {
    if (name !== undefined && isNamed(error, name)) return undefined;
    throw unavailable(operation, error);
  };

function unavailable(operation: string, cause: unknown): VectorStoreUnavailable {
  if (cause instanceof VectorStoreUnavailable) return cause;
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new VectorStoreUnavailable(`S3 Vectors, ${operation}: ${reason}`, { cause });
}

/** @throws VectorStoreUnavailable where an answer is of another shape than the service documents. */
function read<Schema extends v.GenericSchema>(
  schema: Schema,
  answer: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  throw new VectorStoreUnavailable("S3 Vectors gave an answer of another shape.");
}
