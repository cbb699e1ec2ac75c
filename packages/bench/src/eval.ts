/**
 * `npm run eval -- --passages P.jsonl --questions Q.jsonl [--lang xx] [--engine
 * lexical|vectors|hybrid] [--ranking OUT.jsonl]`: whether questions find their passages (docs/retrieval.md).
 *
 * Each line of P, `{id, title, text}`, is uploaded as a source of a bot; each line of Q,
 * `{id, text, gold: [ids]}`, is asked. Where `text` holds several languages, `--lang` says which one.
 * Prints recall@5 and MRR@10; `--ranking` writes for each question a line
 * `{"id", "lang", "sections": [ids, best first]}`. Without files it asks Outlet's own set.
 *
 * `--rerank` has the first passages put in order by the server that `--rerank-base-url` and
 * `--rerank-model` name, as `npm start` has them.
 *
 * Vectors come from `--embeddings-base-url` with `--embeddings-model` and `--embeddings-input`, as
 * `npm start` has them, else from the server that `npm run test:aws` installs.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Embedder, Engine } from "@outlet/core/ports";
import { openEmbeddings, openReranker } from "./eval/embeddings.ts";
import { createLibrary } from "./eval/library.ts";
import { type Asked, readPassages, readQuestions } from "./eval/questions.ts";
import { score } from "./eval/score.ts";

const { values } = parseArgs({
  options: {
    passages: { type: "string" },
    questions: { type: "string" },
    lang: { type: "string" },
    engine: { type: "string", default: "lexical" },
    ranking: { type: "string" },
    "embeddings-base-url": { type: "string" },
    "embeddings-model": { type: "string" },
    "embeddings-input": { type: "string" },
    rerank: { type: "boolean", default: false },
    "rerank-base-url": { type: "string" },
    "rerank-model": { type: "string" },
  },
});

const ownSet = new URL("./eval/own-set/", import.meta.url).pathname;
const ownLanguages = ["en", "de", "ja", "zh"];

interface Ranking {
  id: string | number;
  lang: string | null;
  sections: string[];
}

const reranker = values.rerank ? openReranker(values) : undefined;
const engines = ["lexical", "vectors", "hybrid"] as const;
const engine = engines.find((one) => one === values.engine);

if (!engine) fail(`There is no engine ${values.engine}. Use one of ${engines.join(", ")}.`);
else if ((values.passages === undefined) !== (values.questions === undefined)) {
  fail("Give --passages and --questions together.");
} else if (engine === "lexical") await run({ engine });
else {
  const server = await openEmbeddings(values);
  try {
    await run({ engine, embedder: server.embedder });
  } finally {
    await server.stop();
  }
}

interface Setup {
  engine: Engine;
  embedder?: Embedder;
}

async function run(setup: Setup): Promise<void> {
  const { passages, questions, lang } = values;
  const rankings: Ranking[] = [];
  if (passages && questions) {
    const asked = await readQuestions(questions, lang);
    rankings.push(...(await evaluate(setup, passages, asked, lang ?? null)));
  } else {
    for (const each of lang ? [lang] : ownLanguages) {
      const asked = await readQuestions(`${ownSet}questions.jsonl`, each);
      rankings.push(...(await evaluate(setup, `${ownSet}${each}.jsonl`, asked, each)));
    }
  }
  if (!values.ranking) return;
  await writeFile(values.ranking, rankings.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

async function evaluate(
  { engine, embedder }: Setup,
  path: string,
  questions: readonly Asked[],
  lang: string | null,
): Promise<Ranking[]> {
  const passages = await readPassages(path);
  const library = await createLibrary(passages, engine, { embedder, reranker });
  const rankings: Ranking[] = [];
  for (const { id, text } of questions) {
    rankings.push({ id, lang, sections: await library.rank(text) });
  }
  const { recall, reciprocal } = score(
    rankings.map(({ sections }, i) => ({ sections, gold: questions[i]?.gold ?? [] })),
  );
  const size = `${passages.length} passages in ${library.pieces} pieces, ${questions.length} questions`;
  process.stdout.write(
    `${lang ? `${lang}: ` : ""}recall@5 ${recall.toFixed(4)}, MRR@10 ${reciprocal.toFixed(4)} (${engine}${reranker ? `, reranked by ${reranker.id}` : ""}; ${size})\n`,
  );
  return rankings;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
