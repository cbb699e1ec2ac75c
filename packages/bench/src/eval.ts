/**
 * `npm run eval -- --passages P.jsonl --questions Q.jsonl [--lang xx] [--engine lexical]
 * [--ranking OUT.jsonl]`: whether questions find their passages (docs/retrieval.md).
 *
 * Each line of P, `{id, title, text}`, is uploaded as a source of a bot; each line of Q,
 * `{id, text, gold: [ids]}`, is asked. Where `text` holds several languages, `--lang` says which one.
 * Prints recall@5 and MRR@10; `--ranking` writes for each question a line
 * `{"id", "lang", "sections": [ids, best first]}`. Without files it asks Outlet's own set.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
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
  },
});

const ownSet = new URL("./eval/own-set/", import.meta.url).pathname;
const ownLanguages = ["en", "de", "ja", "zh"];

interface Ranking {
  id: string | number;
  lang: string | null;
  sections: string[];
}

if (values.engine !== "lexical") {
  fail(`There is no engine ${values.engine}. Use --engine lexical.`);
} else if (values.passages && values.questions) {
  const { passages, questions, lang } = values;
  await finish(await evaluate(passages, await readQuestions(questions, lang), lang ?? null));
} else if (values.passages || values.questions) {
  fail("Give --passages and --questions together.");
} else {
  const rankings: Ranking[] = [];
  for (const lang of values.lang ? [values.lang] : ownLanguages) {
    const questions = await readQuestions(`${ownSet}questions.jsonl`, lang);
    rankings.push(...(await evaluate(`${ownSet}${lang}.jsonl`, questions, lang)));
  }
  await finish(rankings);
}

async function evaluate(
  path: string,
  questions: readonly Asked[],
  lang: string | null,
): Promise<Ranking[]> {
  const passages = await readPassages(path);
  const library = await createLibrary(passages);
  const rankings: Ranking[] = [];
  for (const { id, text } of questions) {
    rankings.push({ id, lang, sections: await library.rank(text) });
  }
  const { recall, reciprocal } = score(
    rankings.map(({ sections }, i) => ({ sections, gold: questions[i]?.gold ?? [] })),
  );
  const size = `${passages.length} passages in ${library.pieces} pieces, ${questions.length} questions`;
  process.stdout.write(
    `${lang ? `${lang}: ` : ""}recall@5 ${recall.toFixed(4)}, MRR@10 ${reciprocal.toFixed(4)} (${values.engine}; ${size})\n`,
  );
  return rankings;
}

async function finish(rankings: readonly Ranking[]): Promise<void> {
  if (!values.ranking) return;
  await writeFile(values.ranking, rankings.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
