import type { Clock } from "@outlet/core/ports";
import * as v from "valibot";
import { invalid, Refusal } from "./refusal.ts";
import { requests } from "./requests.ts";
import type { Index, Row, VectorDatabase } from "./store.ts";

const region = "us-east-1";
const distanceMetric = "cosine";
const arnOf = (bucket: string, index?: string): string =>
  `arn:aws:s3vectors:${region}:000000000000:bucket/${bucket}${index ? `/index/${index}` : ""}`;

/** What S3 Vectors does for Outlet, each as its page of the API reference says. */
export function createOperations(database: VectorDatabase, clock: Clock) {
  const requireBucket = (bucket: string): void => {
    if (!database.hasBucket(bucket)) throw notFound("vector bucket");
  };
  const indexOf = (place: { vectorBucketName: string; indexName: string }): Index => {
    const index = database.index(place.vectorBucketName, place.indexName);
    if (index) return index;
    requireBucket(place.vectorBucketName);
    throw notFound("index");
  };
  const operations: Record<string, (body: unknown) => object> = {
    CreateVectorBucket: on(requests.CreateVectorBucket, ({ vectorBucketName: name }) => {
      if (!database.createBucket(name)) throw conflict("vector bucket");
      return { vectorBucketArn: arnOf(name) };
    }),
    CreateIndex: on(
      requests.CreateIndex,
      ({ vectorBucketName: bucket, indexName: name, dimension }) => {
        requireBucket(bucket);
        const createdAt = Math.floor(clock.now() / 1_000);
        if (!database.createIndex(bucket, { name, dimension, createdAt })) throw conflict("index");
        return { indexArn: arnOf(bucket, name) };
      },
    ),
    GetIndex: on(requests.GetIndex, (request) => {
      const index = indexOf(request);
      const facts = { dataType: "float32", dimension: index.dimension, distanceMetric };
      return { index: { ...summaryOf(request.vectorBucketName, index), ...facts } };
    }),
    ListIndexes: on(
      requests.ListIndexes,
      ({ vectorBucketName: bucket, prefix = "", maxResults = 500, nextToken = "" }) => {
        requireBucket(bucket);
        const all = database
          .indexes(bucket, nextToken)
          .filter(({ name }) => name.startsWith(prefix));
        const page = all.slice(0, Math.min(maxResults, 500));
        const more = all.length > page.length && { nextToken: page.at(-1)?.name };
        return { indexes: page.map((index) => summaryOf(bucket, index)), ...more };
      },
    ),
    DeleteIndex: on(requests.DeleteIndex, (request) => {
      database.removeIndex(indexOf(request));
      return {};
    }),
    PutVectors: on(requests.PutVectors, (request) => {
      const index = indexOf(request);
      const rows = request.vectors.map(({ key, data, metadata }, i) => ({
        key,
        vector: vectorOf(index, data.float32, `vectors[${i}].data.float32`),
        metadata: metadata ? JSON.stringify(metadata) : null,
      }));
      database.put(index, rows);
      return {};
    }),
    GetVectors: on(requests.GetVectors, (request) => {
      const rows = database.get(indexOf(request), request.keys);
      return { vectors: rows.map((row) => shown(row, request)) };
    }),
    ListVectors: on(requests.ListVectors, ({ maxResults = 500, nextToken, ...request }) => {
      const most = Math.min(maxResults, 1_000);
      const rows = database
        .each(indexOf(request), nextToken)
        .take(most + 1)
        .toArray();
      const page = rows.slice(0, most);
      const more = rows.length > most && { nextToken: page.at(-1)?.key };
      return { vectors: page.map((row) => shown(row, request)), ...more };
    }),
    DeleteVectors: on(requests.DeleteVectors, (request) => {
      database.remove(indexOf(request), request.keys);
      return {};
    }),
    QueryVectors: on(requests.QueryVectors, (request) => {
      const index = indexOf(request);
      const question = vectorOf(index, request.queryVector.float32, "queryVector.float32");
      const vectors = nearest(database.each(index), question, request.topK).map(
        ({ row, distance }) => ({
          ...shown(row, { returnData: false, returnMetadata: request.returnMetadata }),
          ...(request.returnDistance && { distance }),
        }),
      );
      return { vectors, distanceMetric };
    }),
  };

  return (name: string, body: unknown): object => {
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation) return operation(body);
    throw new Refusal("UnknownOperationException", `There is no ${name} here.`);
  };
}

/** What an operation does with a request of its shape; others are refused, by where they are wrong. */
const on =
  <Schema extends v.GenericSchema>(
    schema: Schema,
    run: (request: v.InferOutput<Schema>) => object,
  ) =>
  (body: unknown): object => {
    const parsed = v.safeParse(schema, body);
    if (parsed.success) return run(parsed.output);
    const fieldList = parsed.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      message: issue.message,
    }));
    throw new Refusal("ValidationException", "Invalid request.", fieldList);
  };

const notFound = (what: string): Refusal =>
  new Refusal("NotFoundException", `The specified ${what} could not be found`);

const conflict = (what: string): Refusal =>
  new Refusal("ConflictException", `A ${what} with the specified name already exists`);

const summaryOf = (bucket: string, { name, createdAt }: Pick<Index, "name" | "createdAt">) => ({
  vectorBucketName: bucket,
  indexName: name,
  indexArn: arnOf(bucket, name),
  creationTime: createdAt,
});

/** @throws Refusal where it is of another length, or of no direction that could be compared. */
function vectorOf(index: Index, numbers: readonly number[], path: string): Float32Array {
  if (numbers.length !== index.dimension) {
    throw invalid(path, `Must have the dimension of the index, ${index.dimension}.`);
  }
  const vector = Float32Array.from(numbers);
  if (!vector.every(Number.isFinite)) throw invalid(path, "Must be finite in float32.");
  if (vector.every((value) => value === 0)) {
    throw invalid(path, "Must not be zero: it has no direction.");
  }
  return vector;
}

const shown = (
  { key, vector, metadata }: Row,
  asked: { returnData: boolean; returnMetadata: boolean },
) => ({
  key,
  ...(asked.returnData && { data: { float32: [...vector] } }),
  ...(asked.returnMetadata && metadata !== null && { metadata: JSON.parse(metadata) as object }),
});

/** Each compared: what S3 Vectors looks for approximately is exact here. */
function nearest(
  rows: Iterable<Row>,
  question: Float32Array,
  topK: number,
): { row: Row; distance: number }[] {
  const best: { row: Row; distance: number }[] = [];
  for (const row of rows) {
    const distance = distanceOf(question, row.vector);
    const last = best.at(-1);
    if (best.length >= topK && last && distance >= last.distance) continue;
    const at = best.findLastIndex((one) => one.distance <= distance) + 1;
    best.splice(at, 0, { row, distance });
    if (best.length > topK) best.pop();
  }
  return best;
}

/** By cosine: 0 the same direction, 2 the opposite one. */
function distanceOf(a: Float32Array, b: Float32Array): number {
  let [product, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    product += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return 1 - product / Math.sqrt(ofA * ofB);
}
