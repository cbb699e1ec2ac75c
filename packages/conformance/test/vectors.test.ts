import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import { createS3VectorStore } from "@outlet/aws/s3-vector-store";
import { s3VectorsRights } from "@outlet/aws/s3-vectors-rights";
import { Retrieval } from "@outlet/core/bots/retrieval";
import { type Embedder, EmbedderUnavailable, silentLog, systemClock } from "@outlet/core/ports";
import { startS3Vectors } from "@outlet/local/emulators/vectors/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeVectorStoreSubject } from "../src/contracts/subjects.ts";
import { vectorStoreContract } from "../src/contracts/vector-store-contract.ts";
import { createMemoryTable } from "../src/memory-table.ts";

const bucket = "outlet-vectors";
let folder: string;
let server: Awaited<ReturnType<typeof startS3Vectors>>;
/** Operations that were called, and those that may be; all where absent. */
let called = new Set<string>();
let allowed: ReadonlySet<string> | undefined;

const start = () =>
  startS3Vectors({
    path: join(folder, "vectors.sqlite"),
    socketPath: join(folder, "vectors.sock"),
    bucket,
    clock: systemClock,
    log: silentLog,
    authorize(operation) {
      called.add(operation);
      return allowed?.has(operation) ?? true;
    },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outlet-vectors-"));
  server = await start();
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const clientTo = (endpoint: string, triesMax = 3) =>
  createJsonClient("s3vectors", { region: "us-east-1", endpoint, local: true, triesMax });
const open = () => createS3VectorStore({ client: clientTo(server.url), bucket });

vectorStoreContract("the embedded S3 Vectors", () =>
  makeVectorStoreSubject({ region: "us-east-1", endpoint: server.url, local: true }),
);

/** Directions by what a text is about. */
const subjects = [/dog|puppy|hound/, /car|vehicle/, /fee|price/];

function createWorld() {
  const stored = new Map<string, Uint8Array>();
  const objects = {
    put: async (path: string, bytes: Uint8Array) => void stored.set(path, bytes),
    get: async (path: string) => stored.get(path),
    getRange: async (path: string, from: number, length: number) =>
      stored.get(path)?.subarray(from, from + length),
    remove: async (path: string) => void stored.delete(path),
  };
  const asked: string[] = [];
  /** After so many calls the model is away. */
  const state = { callsLeft: Number.POSITIVE_INFINITY, id: "subjects" };
  const embedder: Embedder = {
    get id() {
      return state.id;
    },
    async embed(texts, kind) {
      if (state.callsLeft-- <= 0) throw new EmbedderUnavailable("away");
      if (kind === "passage") asked.push(...texts);
      const vectors = texts.map((text) =>
        Float32Array.from(subjects, (about) => (about.test(text) ? 1 : 0.01)),
      );
      return { vectors, inputTokens: 0 };
    },
  };
  const botId = crypto.randomUUID();
  const sources = new Map<string, { sourceId: string; version: string; name: string }>();
  const deps = {
    table: createMemoryTable(),
    objects,
    clock: systemClock,
    embedder,
    vectors: open(),
  };
  return {
    botId,
    deps,
    asked,
    state,
    sources,
    async put(sourceId: string, version: string, ...texts: string[]) {
      const passages = texts.map((text) => ({ text, place: { headings: [] } }));
      await Retrieval.storePassages(objects, botId, { sourceId, version }, passages);
      sources.set(sourceId, { sourceId, version, name: sourceId });
    },
    publish: () => Retrieval.publish(deps, botId, async () => [...sources.values()]),
    find: (question: string) => Retrieval.createRetriever(deps).search(botId, question, 8),
    /** Keys of vectors that are there. */
    async kept(...keys: string[]) {
      const known = await deps.vectors.known({ botId, embedderId: `${state.id} titled` }, keys);
      return [...known].toSorted();
    },
  };
}

test("a bot's passages are found by vectors that lie in the store, also after a restart", async () => {
  const world = createWorld();
  await world.put("a", "1", "A puppy sleeps.", "The vehicle is red.");
  await world.publish();
  const first = await world.find("hound");
  expect(first.engine).toBe("hybrid");
  expect(first.passages[0]?.text).toBe("A puppy sleeps.");
  expect(first.passages[0]?.similarity).toBeGreaterThan(0.9);
  await server.stop();
  // Words go on meanwhile.
  expect(await world.find("sleeps")).toMatchObject({
    engine: "lexical",
    passages: [{ ordinal: 0 }],
  });
  server = await start();
  expect((await world.find("hound")).passages[0]).toMatchObject({ text: "A puppy sleeps." });
});

test("only what is new is embedded, and vectors of what is gone go too", async () => {
  const world = createWorld();
  await world.put("a", "1", "dog");
  await world.put("b", "1", "car", "fee");
  await world.publish();
  await world.put("b", "2", "vehicle");
  world.asked.length = 0;
  await world.publish();
  expect(world.asked).toEqual(["vehicle", "b"]);
  expect(await world.kept("a/1/0", "b/1/0", "b/1/1", "b/2/0")).toEqual(["a/1/0", "b/2/0"]);
  world.sources.delete("a");
  await world.publish();
  expect((await world.find("hound")).passages.map(({ text }) => text)).not.toContain("dog");
  expect(await world.kept("a/1/0", "b/2/0")).toEqual(["b/2/0"]);
  world.sources.clear();
  await world.publish();
  expect(await world.kept("b/2/0")).toEqual([]);
});

test("a sync that ends in the middle is gone on from: nothing is embedded twice", async () => {
  const world = createWorld();
  const texts = Array.from({ length: 70 }, (_, i) => `dog ${i}`);
  await world.put("a", "1", ...texts);
  // One for what questions about it are like.
  world.state.callsLeft = 3;
  await world.publish();
  expect((await world.find("dog 3")).engine).toBe("lexical");
  expect(await world.kept("a/1/0", "a/1/31", "a/1/32")).toEqual(["a/1/0", "a/1/31"]);
  world.state.callsLeft = Number.POSITIVE_INFINITY;
  world.asked.length = 0;
  await world.publish();
  expect(world.asked.filter((text) => text !== "a")).toEqual(texts.slice(32));
  expect((await world.find("hound")).engine).toBe("hybrid");
});

test("vectors that somebody died over are removed, also of a source that is gone by the next sync", async () => {
  const world = createWorld();
  await world.put("a", "1", "dog");
  await world.put("b", "1", "car");
  // The vectors are there, and no index that tells of them.
  const { put } = world.deps.objects;
  let puts = 0;
  world.deps.objects.put = async (path, bytes) => {
    if (path.includes("/index/") && ++puts === 2) throw new Error("died");
    return put(path, bytes);
  };
  await expect(world.publish()).rejects.toThrow("died");
  world.deps.objects.put = put;
  expect(await world.kept("a/1/0", "b/1/0")).toEqual(["a/1/0", "b/1/0"]);
  world.sources.delete("a");
  await world.publish();
  expect((await world.find("vehicle")).engine).toBe("hybrid");
  // Whoever wrote it may be at it still, until a function would have ended.
  world.deps.clock = { ...systemClock, now: () => Date.now() + 16 * 60_000 };
  await world.put("c", "1", "fee");
  await world.publish();
  expect(await world.kept("a/1/0", "b/1/0", "c/1/0")).toEqual(["b/1/0", "c/1/0"]);
});

test("what was embedded by another model gives way", async () => {
  const world = createWorld();
  await world.put("a", "1", "dog");
  await world.publish();
  world.state.id = "other";
  expect((await world.find("hound")).engine).toBe("lexical");
  await world.publish();
  expect((await world.find("hound")).passages).toHaveLength(1);
  expect(await world.kept("a/1/0")).toEqual(["a/1/0"]);
  world.state.id = "subjects";
  expect(await world.kept("a/1/0")).toEqual([]);
});

test("without the store, words find, and the next sync brings the vectors", async () => {
  const world = createWorld();
  await world.put("a", "1", "dog");
  allowed = new Set();
  await world.publish().finally(() => (allowed = undefined));
  expect(await world.find("dog")).toMatchObject({ passages: [{ text: "dog" }] });
  await world.publish();
  expect(await world.find("hound")).toMatchObject({
    engine: "hybrid",
    passages: [{ text: "dog" }],
  });
});

test("each function has the rights that it uses, and no more", async () => {
  const world = createWorld();
  const used = async (role: keyof typeof s3VectorsRights, work: () => Promise<unknown>) => {
    called = new Set();
    allowed = new Set(s3VectorsRights[role]);
    await work().finally(() => (allowed = undefined));
    return [...called].toSorted();
  };
  const sync = await used("sync", async () => {
    await world.put("a", "1", "dog");
    await world.publish();
    await world.put("a", "2", "puppy");
    await world.publish();
    expect(await world.kept("a/1/0", "a/2/0")).toEqual(["a/2/0"]);
    world.state.id = "other";
    await world.publish();
  });
  expect(sync).toEqual(s3VectorsRights.sync.toSorted());
  const search = await used("search", async () => {
    expect((await world.find("hound")).engine).toBe("hybrid");
  });
  expect(search).toEqual(s3VectorsRights.search);
  const remove = await used("remove", () => world.deps.vectors.removeAll(world.botId));
  expect(remove).toEqual(s3VectorsRights.remove.toSorted());
  expect(await world.kept("a/2/0")).toEqual([]);
});

const place = { vectorBucketName: bucket, indexName: "refusing" };
const put = (...float32: unknown[]) => ({ ...place, vectors: [{ key: "a", data: { float32 } }] });

test.each([
  ["a zero vector", "PutVectors", put(0, 0), 400, "ValidationException"],
  ["more than float32 holds", "PutVectors", put(1, 1e300), 400, "ValidationException"],
  ["another length", "PutVectors", put(1, 2, 3), 400, "ValidationException"],
  ["no number", "PutVectors", put("1", 2), 400, "ValidationException"],
  ["no vectors", "PutVectors", { ...place, vectors: [] }, 400, "ValidationException"],
  [
    "an index by a wrong name",
    "GetIndex",
    { ...place, indexName: "A" },
    400,
    "ValidationException",
  ],
  [
    "too many keys",
    "GetVectors",
    { ...place, keys: Array(101).fill("a") },
    400,
    "ValidationException",
  ],
  ["an index that is there", "CreateIndex", { ...place, dimension: 2 }, 409, "ConflictException"],
  ["a bucket that is there", "CreateVectorBucket", place, 409, "ConflictException"],
  [
    "a bucket that is not there",
    "ListIndexes",
    { vectorBucketName: "elsewhere" },
    404,
    "NotFoundException",
  ],
  ["an operation that there is not", "toString", {}, 404, "UnknownOperationException"],
])("S3 Vectors refuses %s", async (_, operation, input, status, name) => {
  const client = clientTo(server.url, 1);
  const index = { ...place, dataType: "float32", dimension: 2, distanceMetric: "cosine" };
  await client.call("/CreateIndex", index).catch(() => undefined);
  const body = operation === "CreateIndex" ? { ...index, ...input } : input;
  const refused = client.call(`/${operation}`, body);
  await expect(refused).rejects.toMatchObject({ status, name });
});

test("S3 Vectors tells indexes and vectors page by page, each once", async () => {
  const client = clientTo(server.url, 1);
  const world = createWorld();
  await world.put("a", "1", "dog", "car", "fee");
  await world.publish();
  const prefix = world.botId;
  const list = await client.call("/ListIndexes", { vectorBucketName: bucket, prefix });
  expect(list).toMatchObject({ indexes: [{ vectorBucketName: bucket }] });
  const { indexes } = list as { indexes: { indexName: string }[] };
  const at = { vectorBucketName: bucket, indexName: indexes[0]?.indexName };
  expect(await client.call("/GetIndex", at)).toMatchObject({
    index: { dataType: "float32", dimension: 3, distanceMetric: "cosine" },
  });
  const keys: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await client.call<{ vectors: { key: string }[]; nextToken?: string }>(
      "/ListVectors",
      { ...at, maxResults: 2, nextToken },
    );
    keys.push(...page.vectors.map(({ key }) => key));
    if (!page.nextToken) break;
    nextToken = page.nextToken;
  }
  expect(keys).toEqual(["a/1/0", "a/1/1", "a/1/2"]);
});
