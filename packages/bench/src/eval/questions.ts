import { readFile } from "node:fs/promises";
import * as v from "valibot";

export const Passage = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  title: v.optional(v.string(), ""),
  text: v.pipe(v.string(), v.minLength(1)),
});
export type Passage = v.InferOutput<typeof Passage>;

const Question = v.object({
  id: v.union([v.string(), v.number()]),
  /** One text, or one for each language. */
  text: v.union([v.string(), v.record(v.string(), v.string())]),
  /** The passages any of which answers it. */
  gold: v.pipe(v.array(v.string()), v.minLength(1)),
});

export interface Asked {
  id: string | number;
  text: string;
  gold: readonly string[];
}

export const readPassages = (path: string): Promise<Passage[]> => readLines(path, Passage);

/** @param lang which text of a question to ask, where it has several. */
export async function readQuestions(path: string, lang: string | undefined): Promise<Asked[]> {
  const questions = await readLines(path, Question);
  return questions.map(({ id, text, gold }) => {
    if (typeof text === "string") return { id, text, gold };
    const said = lang === undefined ? undefined : text[lang];
    if (said !== undefined) return { id, text: said, gold };
    const languages = Object.keys(text).join(", ");
    throw new Error(`Question ${id} is asked in ${languages}: name one of them with --lang.`);
  });
}

async function readLines<S extends v.GenericSchema>(
  path: string,
  schema: S,
): Promise<v.InferOutput<S>[]> {
  const lines = (await readFile(path, "utf8")).split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (line.trim() === "") return [];
    try {
      return [v.parse(schema, JSON.parse(line))];
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${path}, line ${at + 1}: ${reason}`, { cause });
    }
  });
}
