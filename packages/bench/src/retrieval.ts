/**
 * `npm run bench:retrieval [-- --passages 100000] [--seed 7]`: what a question costs a worker, cold
 * and warm, and how much memory (docs/retrieval.md).
 *
 * Builds the index of one bot from text of a natural distribution of words, into files, then asks in
 * a process of its own. Times are of the processor. Prints JSON; exits non-zero where a bound is broken.
 */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createMemoryTable } from "@outlet/conformance/memory-table";
import { Retrieval } from "@outlet/core/bots/retrieval";
import { type Item, type ObjectStore, systemClock, type Table } from "@outlet/core/ports";

const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "100000" },
    seed: { type: "string", default: "7" },
    measure: { type: "string" },
  },
});

const bounds = { warmP95Ms: 50, coldMs: 1_000, memoryMb: 300 };
const botId = "bot";
const questions = 400;
const wordsInPassage = 70;
const syllables = "ba co di fu ga le mi no pa re so tu ve wi xa zo qui tra ple ster".split(" ");

if (values.measure) await measure(values.measure);
else await build();

async function build(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "outlet-bench-retrieval-"));
  try {
    const objects = createFileObjects(folder);
    const table = createMemoryTable();
    const random = createRandom(Number(values.seed));
    const count = Number(values.passages);
    const perSource = 1_000;
    const wanted: Retrieval.Wanted[] = [];
    for (let first = 0; first < count; first += perSource) {
      const source = { sourceId: `source-${first}`, version: "1", name: `manual ${first}.txt` };
      const size = Math.min(perSource, count - first);
      const passages = Array.from({ length: size }, () => ({
        text: sentence(random, wordsInPassage),
        place: { headings: [sentence(random, 3)] },
      }));
      await Retrieval.storePassages(objects, botId, source, passages);
      wanted.push(source);
    }
    const began = process.cpuUsage();
    await Retrieval.publish({ table, objects, clock: systemClock }, botId, async () => wanted);
    const building = process.cpuUsage(began);
    const buildSeconds = (building.user + building.system) / 1_000_000;
    const { items } = await table.query({ pk: `BOT#${botId}` });
    await writeFile(join(folder, "items.json"), JSON.stringify(items));
    const asked = Array.from({ length: questions }, () => sentence(random, 9));
    await writeFile(join(folder, "questions.json"), JSON.stringify(asked));
    const child = spawnSync(
      process.execPath,
      ["--expose-gc", fileURLToPath(import.meta.url), "--measure", folder],
      { encoding: "utf8" },
    );
    if (child.status !== 0) throw new Error(child.stderr);
    const figures: Record<string, number> = JSON.parse(child.stdout);
    const broken = Object.entries(bounds).filter(
      ([name, most]) => !((figures[name] ?? Infinity) <= most),
    );
    process.stdout.write(
      `${JSON.stringify({ passages: count, buildSeconds, ...figures, bounds }, null, 1)}\n`,
    );
    for (const [name, most] of broken) {
      process.stdout.write(`FAILED ${name}: ${figures[name]} is more than ${most}\n`);
    }
    process.exitCode = broken.length > 0 ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<void> {
  const items: Item[] = JSON.parse(await readFile(join(folder, "items.json"), "utf8"));
  const asked: string[] = JSON.parse(await readFile(join(folder, "questions.json"), "utf8"));
  const table: Table = createMemoryTable();
  for (const item of items) await table.put(item);
  const objects = createFileObjects(folder);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const retriever = Retrieval.createRetriever({ table, objects });
  /** Of the processor: what others do on this machine does not count. */
  const ask = async (question: string): Promise<number> => {
    const began = process.cpuUsage();
    const { passages } = await retriever.search(botId, question, 8);
    if (passages.length === 0) throw new Error(`Nothing was found for ${question}`);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000;
  };
  const coldMs = await ask(asked[0] ?? "");
  const times: number[] = [];
  for (const question of asked.slice(1)) times.push(await ask(question));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
  const memoryMb = (process.memoryUsage().rss - before) / 1024 / 1024;
  process.stdout.write(
    JSON.stringify({ coldMs, warmP50Ms: at(0.5), warmP95Ms: at(0.95), memoryMb }),
  );
}

/** Words as natural text has them: few of them often, most of them seldom (Zipf). */
function sentence(random: () => number, length: number): string {
  return Array.from({ length }, () => wordOf(Math.floor(200_000 ** random()))).join(" ");
}

function wordOf(rank: number): string {
  let word = "";
  for (let rest = rank + 21; rest > 0; rest = Math.floor(rest / 20)) word += syllables[rest % 20];
  return word;
}

/** Mulberry32: the same text for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function createFileObjects(folder: string): ObjectStore {
  const at = (path: string) => join(folder, path);
  return {
    async put(path, bytes) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), bytes);
    },
    get: (path) => readFile(at(path)),
    async getRange(path, from, length) {
      const file = await open(at(path));
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    remove: (path) => rm(at(path), { force: true }),
  };
}
