import type { Clock } from "@outlet/core/ports";
import { type AnswerPart, type Backend, type BackendContext, toStreamEvents } from "./backend.ts";
import { assertConversation } from "./conversation-rules.ts";
import type { ConverseRequest } from "./converse-request.ts";
import { composeAnswer } from "./demo-answer.ts";
import { composeJson } from "./demo-json.ts";
import { readMaterial } from "./demo-knowledge.ts";
import type { DemoCall } from "./demo-questions.ts";
import { nextCalls, resultsOf, withoutCalls } from "./demo-tools.ts";
import { countTokens, tokenise } from "./tokens.ts";

/**
 * A model for trying Outlet out without any: it answers by quoting what it was given, names itself
 * a demo model, and gives the same answer to the same request, always. It takes any model id.
 * Temperature and topP change nothing.
 */
export function createDemoModel(
  settings: { tokensPerSecond?: number },
  { clock }: BackendContext,
): Backend {
  return {
    async *stream(request, signal) {
      const start = clock.now();
      assertConversation(request);
      const calls = nextCalls(request);
      const answer = calls.length > 0 ? saying("") : compose(request);
      const parts = speak({ ...answer, calls }, request, settings.tokensPerSecond, clock, signal);
      yield* toStreamEvents(parts, () => clock.now() - start);
    },
    close() {},
  };
}

interface Answer {
  tokens: string[];
  stopReason: "end_turn" | "max_tokens" | "stop_sequence";
}

const saying = (text: string): Answer => ({ tokens: tokenise(text), stopReason: "end_turn" });

/** Of what it was given: by its owner, and by what it has called. */
function compose(request: ConverseRequest): Answer {
  const results = resultsOf(request);
  const text = composeAnswer(readMaterial(withoutCalls(request), results), results);
  const { format } = request;
  return finish(format ? composeJson(text, format.schema) : text, request);
}

/** A stop sequence counts only where maxTokens let it be said. */
function finish(text: string, { maxTokens, stopSequences }: ConverseRequest): Answer {
  const tokens = tokenise(text);
  const said = tokens.slice(0, maxTokens);
  const whole = said.join("");
  const stops = stopSequences.map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
  if (stops.length > 0) {
    const cut = whole.slice(0, Math.min(...stops));
    return { tokens: tokenise(cut), stopReason: "stop_sequence" };
  }
  return { tokens: said, stopReason: said.length < tokens.length ? "max_tokens" : "end_turn" };
}

const tokensPerEvent = 4;

async function* speak(
  { tokens, stopReason, calls }: Answer & { calls: DemoCall[] },
  request: ConverseRequest,
  tokensPerSecond: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart> {
  const start = clock.now();
  // So that what is built around reasoning can be tried, too.
  if (request.reasoning) yield { type: "reasoning", text: "I look for sentences to quote." };
  for (let at = 0; at < tokens.length; at += tokensPerEvent) {
    const group = tokens.slice(at, at + tokensPerEvent);
    if (tokensPerSecond !== undefined) {
      const due = start + ((at + group.length) * 1000) / tokensPerSecond;
      await clock.sleep(Math.max(0, due - clock.now()), signal);
    }
    signal.throwIfAborted();
    yield { type: "text", text: group.join("") };
  }
  const inputs = calls.map(({ input }) => JSON.stringify(input));
  for (const [at, { name }] of calls.entries()) {
    yield { type: "toolUse", id: `demo_${at}`, name, input: inputs[at] ?? "{}" };
  }
  const outputTokens = tokens.length + inputs.map(countTokens).reduce((a, b) => a + b, 0);
  yield { type: "stop", reason: calls.length > 0 ? "tool_use" : stopReason };
  yield { type: "usage", inputTokens: countInput(request), outputTokens };
}

/** Bytes of an image or of a document that is no text are counted by the kilobyte. */
function countInput({ system, messages }: ConverseRequest): number {
  const content = messages.flatMap((message) => message.content);
  const ofContent = content.map((part) => {
    if (part.kind === "text") return countTokens(part.text);
    if (part.kind === "toolUse") return countTokens(JSON.stringify(part.input));
    if (part.kind === "toolResult") return countTokens(part.text);
    return part.kind === "other" ? 0 : Math.ceil(part.bytes.length / 1000);
  });
  return [...system.map(countTokens), ...ofContent].reduce((sum, count) => sum + count, 0);
}
