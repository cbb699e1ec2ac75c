import { expect, test } from "vitest";
import {
  type BasePassage,
  type Found,
  KnowledgeBaseUnavailable,
  type Retriever,
} from "../../ports/index.ts";
import { withKnowledgeBases } from "./with-knowledge-bases.ts";

const place = { headings: [] };
const mine = (text: string): Found => ({
  sourceId: "S",
  source: "a.txt",
  ordinal: 0,
  text,
  place,
  score: 9,
  words: [],
  similarity: null,
});
const theirs = (text: string): BasePassage => ({
  uri: `s3://b/${text}`,
  source: text,
  text,
  place,
  score: 0.5,
});

function create(own: string[], base: string[] | Error) {
  const asked: string[] = [];
  const retriever: Retriever = {
    search: async () => ({ engine: "hybrid", passages: own.map(mine) }),
  };
  const knowledgeBases = {
    async retrieve(id: string, question: string, limit: number) {
      asked.push(`${id} ${question} ${limit}`);
      if (base instanceof Error) throw base;
      return base.map(theirs);
    },
  };
  return { asked, retriever: withKnowledgeBases(retriever, { knowledgeBases, allowed: ["BASE"] }) };
}

const texts = ({ passages }: { passages: Found[] }) => passages.map(({ text }) => text);

test("a bot's own passages and those of its base come by turns, as many as are asked for", async () => {
  const { retriever, asked } = create(["a", "b", "c"], ["1", "2"]);
  const found = await retriever.search("B", "why", 4, "BASE");
  expect(texts(found)).toEqual(["a", "1", "b", "2"]);
  expect(found).toMatchObject({ engine: "hybrid", problems: [] });
  expect(found.passages[1]).toMatchObject({
    knowledgeBaseId: "BASE",
    sourceId: "BASE:s3://b/1",
    score: 0.5,
  });
  expect(asked).toEqual(["BASE why 4"]);
  expect(texts(await create([], ["1"]).retriever.search("B", "why", 4, "BASE"))).toEqual(["1"]);
});

test("without a base, or without a question, none is asked", async () => {
  const { retriever, asked } = create(["a"], ["1"]);
  expect(texts(await retriever.search("B", "why", 4))).toEqual(["a"]);
  expect(texts(await retriever.search("B", "why", 4, null))).toEqual(["a"]);
  expect(texts(await retriever.search("B", " ", 4, "BASE"))).toEqual(["a"]);
  expect(asked).toEqual([]);
});

test("one that is not allowed any more is not asked, and the owner is told", async () => {
  const { retriever, asked } = create(["a"], ["1"]);
  const found = await retriever.search("B", "why", 4, "OTHER");
  expect(texts(found)).toEqual(["a"]);
  expect(found.problems).toEqual([expect.stringContaining("OTHER is not allowed any more")]);
  expect(asked).toEqual([]);
});

test("one that cannot be asked holds nothing up; a defect does not pass for that", async () => {
  const away = create(["a"], new KnowledgeBaseUnavailable("The knowledge base is away."));
  expect(await away.retriever.search("B", "why", 4, "BASE")).toMatchObject({
    passages: [{ text: "a" }],
    problems: ["The knowledge base is away."],
  });
  await expect(
    create(["a"], new TypeError("x")).retriever.search("B", "why", 4, "BASE"),
  ).rejects.toThrow(TypeError);
});
