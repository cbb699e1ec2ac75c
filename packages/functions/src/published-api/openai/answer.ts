import { type Content, type Run, type Steps, textOf } from "@outlet/core/conversations/run";

/** How a run ended, with what was said, as both dialects show it. */
export interface Ended {
  run: Run.State;
  answer: readonly Content[];
  usedChunks: readonly Run.Chunk[] | null;
  /** What was called on the way. */
  steps: readonly Steps.Step[];
}

export const reasoningOf = (answer: readonly Content[]): string =>
  answer.flatMap((part) => (part.contentType === "reasoning" ? [part.text] : [])).join("");

export const saidOf = (answer: readonly Content[]): string => textOf(answer);

export type Annotation =
  | { type: "url_citation"; url: string; title: string; start_index: number; end_index: number }
  | { type: "file_citation"; file_id: string; filename: string; index: number };

/**
 * The sources of an answer: clients know these two kinds and refuse any other. All of them stand at
 * its end, for models do not say where they used which.
 */
export function annotationsOf({
  answer,
  usedChunks,
}: Pick<Ended, "answer" | "usedChunks">): Annotation[] {
  const end = saidOf(answer).length;
  const sources = [...new Set((usedChunks ?? []).map(({ source }) => source))];
  return sources.map((source): Annotation => {
    if (/^https?:\/\//i.test(source)) {
      return { type: "url_citation", url: source, title: source, start_index: end, end_index: end };
    }
    return { type: "file_citation", file_id: source, filename: source, index: end };
  });
}

/** Tokens of a run. OpenAI counts what came from a cache as input, Converse beside it. */
export function usageOf({ usage }: Pick<Run.State, "usage">) {
  const cached = usage?.cacheReadInputTokens ?? 0;
  const written = usage?.cacheWriteInputTokens ?? 0;
  const input = (usage?.inputTokens ?? 0) + cached + written;
  const output = usage?.outputTokens ?? 0;
  return { input, output, cached, written, total: input + output };
}

export const seconds = (epochMs: number): number => Math.floor(epochMs / 1000);

/** What `error` of a run says in either dialect; members that clients demand are all there. */
export const errorOf = (run: Run.State) => {
  const { code, message } = run.status === "cancelled" ? cancelled : (run.error ?? unknownFailure);
  return { type: "server_error", code, message, param: null };
};

const cancelled = { code: "run_cancelled", message: "The run was cancelled before it ended." };
const unknownFailure = { code: "internal_error", message: "The run failed. Send it again." };
