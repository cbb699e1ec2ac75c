import { type Run, Steps } from "@outlet/core/conversations/run";
import {
  type Annotation,
  annotationsOf,
  type Ended,
  errorOf,
  reasoningOf,
  saidOf,
  seconds,
  usageOf,
} from "./answer.ts";

/** `resp_`, `msg_` and `rs_` of one run: whoever has one of them has all, without an index. */
export const idsOf = ({ runId }: Pick<Run.State, "runId">) => ({
  response: `resp_${runId}`,
  message: `msg_${runId}`,
  reasoning: `rs_${runId}`,
});

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export const textPart = (text: string, annotations: readonly Annotation[]) => ({
  type: "output_text" as const,
  text,
  annotations,
  logprobs: [],
});

export const messageItem = (
  id: string,
  status: ItemStatus,
  content: ReturnType<typeof textPart>[],
) => ({ id, type: "message" as const, status, role: "assistant" as const, content });

export const reasoningItem = (id: string, texts: readonly string[]) => ({
  id,
  type: "reasoning" as const,
  summary: texts.map((text) => ({ type: "summary_text" as const, text })),
});

export type CallStatus = "in_progress" | "completed" | "incomplete" | "failed";

/**
 * A call that the bot has made itself: as of a tool that is not the client's, for a `function_call`
 * would be the client's to make.
 */
export const callItem = (
  { runId }: Pick<Run.State, "runId">,
  call: { callId: string; name: string; arguments: string },
  status: CallStatus,
  came: { output?: string | undefined; error?: string | undefined } = {},
) => ({
  id: `mcp_${runId}_${call.callId}`,
  type: "mcp_call" as const,
  server_label: "bot",
  name: call.name,
  arguments: call.arguments,
  output: came.output ?? null,
  error: came.error ?? null,
  status,
  approval_request_id: null,
});

function callItemOf(run: Run.State, call: Steps.Call, results: readonly Steps.Result[]) {
  const result = results.find(({ callId }) => callId === call.callId);
  const { callId, name } = call;
  const said = { callId, name, arguments: JSON.stringify(call.input) };
  if (result?.outcome === "succeeded") {
    return callItem(run, said, "completed", { output: result.content });
  }
  return callItem(run, said, "failed", { error: result?.content });
}

/**
 * What was said and called, as items of a response that has ended, in the order in which a stream
 * tells of them first.
 */
export function outputOf(ended: Ended) {
  const { run, steps } = ended;
  const ids = idsOf(run);
  const whole = run.status === "completed";
  const reasoning = reasoningOf(ended.answer);
  const text = saidOf(ended.answer);
  type Item =
    | ReturnType<typeof reasoningItem>
    | ReturnType<typeof messageItem>
    | ReturnType<typeof callItem>;
  const items: Item[] = [];
  const owed = new Map<string, Item>();
  if (reasoning) owed.set("reasoning", reasoningItem(ids.reasoning, [reasoning]));
  if (text || whole) {
    const part = textPart(text, annotationsOf(ended));
    owed.set("text", messageItem(ids.message, whole ? "completed" : "incomplete", [part]));
  }
  for (const { content, results } of steps) {
    for (const part of content) {
      if (part.type === "toolUse" || part.text === "") continue;
      const item = owed.get(part.type);
      if (item) items.push(item);
      owed.delete(part.type);
    }
    items.push(...Steps.callsOf({ content }).map((call) => callItemOf(run, call, results)));
  }
  return [...items, ...owed.values()];
}

const statusOf = (run: Run.State) => run.status;

/**
 * A run as OpenAI's Response object. `instructions` is null and `tools` empty whatever the bot has:
 * they are its owner's. Numbers that others demand are there even where nobody asked for them.
 * https://platform.openai.com/docs/api-reference/responses/object
 */
export function responseObject(
  run: Run.State,
  ended?: Ended,
  as: { status?: Run.State["status"] } = {},
) {
  const status = as.status ?? statusOf(run);
  const { asked } = run;
  const { input, output, cached, written, total } = usageOf(run);
  const endUser = asked?.endUser ?? null;
  return {
    id: idsOf(run).response,
    object: "response" as const,
    created_at: seconds(run.createdAt),
    completed_at: ended && run.finishedAt !== null ? seconds(run.finishedAt) : null,
    status,
    model: asked?.model ?? run.model ?? "bot",
    background: asked?.background ?? false,
    store: asked?.kept ?? true,
    error: ended && status === "failed" ? errorOf(run) : null,
    incomplete_details: ended ? incompleteDetails(run) : null,
    instructions: null,
    previous_response_id: asked?.previous ? `resp_${asked.previous}` : null,
    tools: [],
    tool_choice: "auto",
    parallel_tool_calls: true,
    max_tool_calls: null,
    temperature: asked?.sampling.temperature ?? 1,
    top_p: asked?.sampling.topP ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    max_output_tokens: asked?.sampling.maxTokens ?? null,
    truncation: "auto",
    service_tier: "default",
    reasoning: { effort: null, summary: null },
    text: { format: { type: "text" } },
    metadata: asked?.metadata ?? {},
    user: endUser,
    safety_identifier: endUser,
    prompt_cache_key: null,
    usage: ended
      ? {
          input_tokens: input,
          input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: total,
        }
      : null,
    output: ended ? outputOf(ended) : [],
  };
}
export type ResponseObject = ReturnType<typeof responseObject>;

/** Without a reason clients take what was cancelled for whole. */
function incompleteDetails(run: Run.State): { reason: string } | null {
  if (run.status === "cancelled") return { reason: "cancelled" };
  return run.status === "incomplete"
    ? { reason: run.incompleteReason ?? "max_output_tokens" }
    : null;
}
