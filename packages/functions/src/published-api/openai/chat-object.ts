import type { Run } from "@outlet/core/conversations/run";
import { annotationsOf, type Ended, reasoningOf, saidOf, seconds, usageOf } from "./answer.ts";

type FinishReason = "stop" | "length" | "content_filter";

/** Of a run that brought an answer, whole or cut. */
export function finishReasonOf(run: Run.State): FinishReason {
  if (run.incompleteReason === "content_filter") return "content_filter";
  return run.status === "incomplete" ? "length" : "stop";
}

/** What every chunk of a stream has alike: clients put an answer together by `id`. */
export const chatHead = (run: Run.State) => ({
  id: `chatcmpl-${run.runId}`,
  created: seconds(run.createdAt),
  model: run.asked?.model ?? run.model ?? "bot",
});

export function chatUsage(run: Run.State) {
  const { input, output, cached, total } = usageOf(run);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

/** https://platform.openai.com/docs/api-reference/chat/object */
export function chatObject(ended: Ended) {
  const { run, answer } = ended;
  const reasoning = reasoningOf(answer);
  return {
    ...chatHead(run),
    object: "chat.completion" as const,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant" as const,
          content: saidOf(answer),
          refusal: null,
          ...(reasoning ? { reasoning_content: reasoning } : {}),
          annotations: chatAnnotations(ended),
        },
        logprobs: null,
        finish_reason: finishReasonOf(run),
      },
    ],
    usage: chatUsage(run),
  };
}

/** Chat knows citations of addresses alone. */
const chatAnnotations = (ended: Ended) =>
  annotationsOf(ended).flatMap(({ type, ...url_citation }) =>
    type === "url_citation" ? [{ type, url_citation }] : [],
  );
