import {
  type Item,
  type Model,
  ModelError,
  type ModelErrorCode,
  type ModelEvent,
  type ModelRequest,
} from "@outlet/core/ports";
import { type Journal, type ModelCall, Violation } from "./journal.ts";
import type { Process, World } from "./world.ts";

/** How one call of the model goes. */
export interface Script {
  /** Milliseconds before each piece. */
  paceMs: number;
  pieces: number;
  /** Instead of, or after, some pieces. */
  end:
    | { kind: "stop"; reason: "end_turn" | "max_tokens" | "content_filtered" }
    | { kind: "error"; after: number; code: ModelErrorCode; retryable: boolean }
    | { kind: "hang"; after: number };
}

/** `worst`: every answer breaks off after its first piece. */
export type Mood = "well" | "moody" | "bad" | "worst";

/** What the model does next, from the seed. */
function nextScript(world: World, mood: Mood): Script {
  const { prng } = world;
  const script: Script = {
    paceMs: prng.pick([0, 20, 400, 1_500, 3_000]),
    pieces: prng.between(1, 3),
    end: { kind: "stop", reason: "end_turn" },
  };
  if (mood === "worst") {
    script.end = { kind: "error", after: 1, code: "model_stream_broken", retryable: true };
    return script;
  }
  const trouble = { well: 0, moody: 0.2, bad: 0.6 }[mood];
  if (!prng.chance(trouble)) return script;
  const after = prng.below(script.pieces + 1);
  const [code, retryable] = prng.pick<[ModelErrorCode, boolean]>([
    ["model_throttled", true],
    ["model_stream_broken", true],
    ["model_unavailable", true],
    ["model_invalid_request", false],
  ]);
  script.end = prng.pick<Script["end"]>([
    { kind: "error", after, code, retryable },
    { kind: "error", after, code: "model_stream_broken", retryable: true },
    { kind: "hang", after },
    { kind: "stop", reason: "max_tokens" },
    { kind: "stop", reason: "content_filtered" },
  ]);
  // A filter may leave nothing of an answer.
  const { end } = script;
  if (end.kind === "stop" && end.reason === "content_filtered") script.pieces = after;
  return script;
}

/** One piece, or the end, of an answer that comes from elsewhere. */
export type Speak = (
  call: number,
  request: ModelRequest,
  script: Script,
  signal: AbortSignal,
) => AsyncIterable<ModelEvent>;

/**
 * The model as one process sees it. Each piece is a step, at which the process can be killed. Every
 * call has a number of its own, that its text and its usage show, so that whose answer an answer is
 * and what it cost can be told afterwards.
 */
export function scriptedModel(
  {
    world,
    journal,
    mood,
    dies,
  }: {
    world: World;
    journal: Journal;
    mood: () => Mood;
    dies: (process: Process) => boolean;
  },
  process: Process,
  speak: Speak = speakFrom,
): Model {
  return {
    async *stream(request, signal) {
      const runId = request.metadata.run ?? "";
      const conversation = conversationOf(journal, runId);
      const number = journal.modelCalls.length + 1;
      const call = {
        process: process.name,
        runId,
        token: journal.tokenOf(process.name, runId) ?? 0,
        inputTokens: 0,
      };
      journal.callModel(call);
      assertHistory(journal, conversation, call, request);
      const script = nextScript(world, mood());
      world.note(`  model call ${number} for …${runId.slice(-8)}: ${JSON.stringify(script)}`);
      const pieces = speak(number, request, script, signal)[Symbol.asyncIterator]();
      try {
        for (let piece = 0; ; piece++) {
          if (script.paceMs > 0) await world.clockOf(process).sleep(script.paceMs, signal);
          if (script.end.kind === "hang" && piece === script.end.after) {
            await world.clockOf(process).sleep(10 ** 9, signal);
          }
          const next = await world.call(process, `model ${number}.${piece}`, async () => {
            if (dies(process)) return "killed";
            return pieces.next().then(
              (value) => ({ value }),
              (error: unknown) => ({ error }),
            );
          });
          signal.throwIfAborted();
          if (next.done) return;
          if (next.value.type === "usage") call.inputTokens = next.value.usage.inputTokens;
          yield next.value;
        }
      } finally {
        // A connection may hang on it.
        await pieces.return?.();
      }
    },
  };
}

async function* speakFrom(
  call: number,
  request: ModelRequest,
  { pieces, end }: Script,
): AsyncGenerator<ModelEvent> {
  for (let piece = 0; piece < pieces; piece++) {
    if (end.kind === "error" && piece === end.after) break;
    yield { type: "text", text: `${textOfPiece(call, piece)} ` };
  }
  if (end.kind === "error") {
    // Half an answer may have been paid for already.
    if (end.after > 0) yield { type: "usage", usage: usageOf(call) };
    throw new ModelError(end.code, end.retryable, `made to fail for ${request.modelId}`);
  }
  if (end.kind === "stop") yield { type: "stop", reason: end.reason };
  yield { type: "usage", usage: usageOf(call) };
}

export const textOfPiece = (call: number, piece: number): string => `[call ${call}, ${piece}]`;

/** Input tokens are the call's number times 1,000: sums of several calls can be told apart too. */
export const usageOf = (call: number) => ({
  inputTokens: call * 1_000,
  outputTokens: call,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
});

const conversationOf = (journal: Journal, runId: string): string => {
  const isOf = ({ sk }: Item) => sk === `RUN#${runId}`;
  return (journal.removed.get(runId) ?? [...journal.items.values()].find(isOf))?.pk ?? "";
};

/** The model is shown every earlier turn that brought an answer, in order, and then the question. */
function assertHistory(
  journal: Journal,
  conversation: string,
  { runId, token }: ModelCall,
  request: ModelRequest,
): void {
  // Overtaken while it stood still: what it read is of several times, and nobody reads its answer.
  const holder = journal.itemAt({ pk: conversation, sk: `RUN#${runId}` })?.token;
  if (holder !== token) return;
  const moved = journal.reopenedSince(runId);
  // Deleted, or redriven, under a worker that was slow.
  if (journal.removed.has(runId) || moved.has(runId)) return;
  const arrived = journal.arrivals.get(conversation) ?? [];
  const expected = arrived
    .slice(0, arrived.indexOf(runId) + 1)
    .filter(
      (id) =>
        id === runId || saidIn(journal.itemAt({ pk: conversation, sk: `RUN#${id}` })).length > 0,
    );
  // What is being redriven at this moment may have been seen at its old place.
  const isSettled = (name: string) => ![...moved].some((id) => name === nameOf(id));
  const nameOf = (id: string) => `m${journal.messageOf(id)}`;
  const shown = asked(request).filter(isSettled).join("|");
  const right = expected.map(nameOf).filter(isSettled).join("|");
  if (shown === right) return;
  const said = `the model was shown another history for ${runId}: ${shown} instead of ${right}`;
  journal.fail(new Violation("InOrder", said));
}

/** The names of the messages in a request. */
const asked = ({ messages }: ModelRequest): string[] =>
  messages.flatMap(({ role, content }) =>
    role === "user"
      ? content.flatMap((part) => (part.type === "text" ? [brief(part.text)] : []))
      : [],
  );

/** The pieces of answers that a run holds. */
export const saidIn = (run: Item | undefined): string[] =>
  JSON.stringify(run?.reply ?? null).match(/\[call \d+, \d+\]/g) ?? [];

const brief = (text: string) => text.split(" ", 1)[0] ?? "";
