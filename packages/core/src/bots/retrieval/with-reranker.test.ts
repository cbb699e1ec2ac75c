import { expect, test } from "vitest";
import {
  type Found,
  type Reranker,
  RerankerUnavailable,
  type Retriever,
} from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Ledger } from "../../records/ledger/index.ts";
import { withReranker } from "./with-reranker.ts";

const passage = (text: string): Found => ({
  sourceId: "S",
  source: "a.txt",
  ordinal: 0,
  text,
  place: { headings: ["Prices"] },
  score: 0.5,
  words: [],
  similarity: null,
});

function create(texts: string[], rate: Reranker["rate"], price?: Reranker["price"]) {
  const limits: number[] = [];
  const found: Retriever = {
    async search(_, __, limit) {
      limits.push(limit);
      return { engine: "hybrid", passages: texts.map(passage) };
    },
  };
  const clock = { now: () => 1_800_000_000_000, sleep: async () => undefined };
  const table = createMemoryTable();
  const reranker = { id: "reader", rate, ...(price && { price }) };
  const retriever = withReranker(found, { table, clock, reranker });
  const entries = () => Ledger.listHour(table, "B", Ledger.hourOf(clock.now()));
  return { limits, entries, search: (limit: number) => retriever.search("B", "why", limit) };
}

const texts = ({ passages }: { passages: Found[] }) => passages.map(({ text }) => text);
/** By the digits at its end. */
const byNumber = async (_: string, all: readonly string[]) =>
  all.map((text) => Number(/\d+$/.exec(text)?.[0] ?? 0));

test("the first thirty are put in the order in which they answer the question, each with its title", async () => {
  const all = Array.from({ length: 40 }, (_, i) => `text ${i}`);
  const asked: string[] = [];
  const { search, limits } = create(all, async (question, given) => {
    asked.push(question, ...given);
    return byNumber(question, given);
  });
  const found = await search(3);
  expect(texts(found)).toEqual(["text 29", "text 28", "text 27"]);
  expect(found).toMatchObject({ reranked: "reader", passages: [{ score: 29 }, {}, {}] });
  expect(asked.slice(0, 2)).toEqual(["why", "Prices\ntext 0"]);
  expect([limits, asked.length]).toEqual([[30], 31]);
  // What is further down stays behind them.
  expect(texts(await search(32)).slice(28)).toEqual(["text 1", "text 0", "text 30", "text 31"]);
});

test("equals stay in the order they were found in", async () => {
  const { search } = create(["b", "a", "c"], async (_, given) => given.map(() => 1));
  expect(texts(await search(3))).toEqual(["b", "a", "c"]);
});

test("one that cannot be reached leaves the order as it was, and the owner is told", async () => {
  const { search, entries } = create(
    ["a 1", "a 2"],
    async () => {
      throw new RerankerUnavailable("it is away");
    },
    { model: "reader", perQuestion: 2_000, version: "1" },
  );
  const found = await search(1);
  expect(texts(found)).toEqual(["a 1"]);
  expect(found.problems).toEqual([expect.stringContaining("by reader: it is away")]);
  expect(found.reranked).toBeUndefined();
  expect(await entries()).toEqual([]);
});

test("a question costs the bot what its model costs, and one passage needs no order", async () => {
  const price = { model: "reader", perQuestion: 2_000, version: "1" };
  const two = create(["a 1", "a 2"], byNumber, price);
  await two.search(8);
  const entries = await two.entries();
  expect(entries).toMatchObject([{ model: "reader", costMicroUsd: 2_000, inputTokens: 0 }]);
  expect(entries.map(Ledger.isRun)).toEqual([false]);
  const one = create(["a 1"], byNumber, price);
  await one.search(8);
  expect(await one.entries()).toEqual([]);
});
