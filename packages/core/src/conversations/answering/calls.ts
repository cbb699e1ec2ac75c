import * as Text from "../../foundation/text/index.ts";
import type {
  Clock,
  Log,
  Pay,
  Tool,
  ToolCaller,
  ToolFindings,
  ToolOutcome,
} from "../../ports/index.ts";
import { Steps } from "../run/index.ts";

export interface CallDeps {
  clock: Clock;
  log: Log;
}

export interface Calling {
  /** By name: what is not in it cannot be called, whoever asks. */
  tools: ReadonlyMap<string, Tool>;
  caller: ToolCaller;
  pay: Pay;
  /** Epoch milliseconds after which nothing is called any more. */
  endsAt: number;
  /** Rounds before the present one. */
  earlier: readonly Steps.Step[];
  /** An attempt before this one had begun the calls: those that are not safe to repeat stay as they are. */
  isResumed: boolean;
}

/**
 * Makes the calls of a round, side by side, that nobody has written down as ended.
 * @returns each result as soon as it is there.
 * @throws the signal's reason
 */
export async function* callAll(
  deps: CallDeps,
  calling: Calling,
  step: Steps.Step,
  signal: AbortSignal,
): AsyncGenerator<Steps.Result> {
  const hangUp = new AbortController();
  const both = AbortSignal.any([signal, hangUp.signal]);
  const running = new Map(
    Steps.openCallsOf(step).map((call) => [call.callId, callOne(deps, calling, step, call, both)]),
  );
  try {
    while (running.size > 0) {
      const result = await Promise.race(running.values());
      running.delete(result.callId);
      yield result;
    }
  } finally {
    // Whoever reads no further wants nothing called any more.
    hangUp.abort(new Error("Nobody waits for the call."));
    await Promise.allSettled(running.values());
  }
}

async function callOne(
  deps: CallDeps,
  calling: Calling,
  step: Steps.Step,
  call: Steps.Call,
  signal: AbortSignal,
): Promise<Steps.Result> {
  const begunAt = deps.clock.now();
  const { callId, name } = call;
  let paid = Steps.noCost;
  const pay: Pay = (more) => {
    paid = Steps.paidIn([paid, more]);
    calling.pay(more);
  };
  const outcome = await outcomeOf(deps, { ...calling, pay }, step, call, signal);
  return {
    round: step.round,
    callId,
    name,
    ...toResult(outcome, calling.tools.get(name)?.definition.limits.sizeMax),
    ...paid,
    ms: Math.max(0, deps.clock.now() - begunAt),
  };
}

async function outcomeOf(
  deps: CallDeps,
  calling: Calling,
  step: Steps.Step,
  call: Steps.Call,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const tool = calling.tools.get(call.name);
  if (!tool) return unknownTool(call.name, calling.tools);
  const refusal = step.refusals.find(({ callId }) => callId === call.callId)?.reason;
  const limit = refusal ?? limitOf(calling, step, call, tool);
  if (limit !== undefined) return { outcome: "error", reason: limit };
  const { isSafeToRepeat, limits } = tool.definition;
  if (calling.isResumed && !isSafeToRepeat) return brokenOff;
  const left = calling.endsAt - deps.clock.now();
  if (left <= 0) return { outcome: "error", reason: "There is no time left to call tools." };
  const { input } = call;
  const index = Steps.callsOf(step).findIndex(({ callId }) => callId === call.callId);
  const idempotencyKey = keyOf(calling.caller.runId, step.round, index);
  const { sizeMax } = limits;
  const { caller, pay } = calling;
  const request = { input, idempotencyKey, sizeMax, caller, pay };
  const timeMs = Math.min(limits.timeMs, left);
  try {
    return await within(deps.clock, timeMs, signal, (both) => tool.call(request, both));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof OutOfTime) return late(timeMs, isSafeToRepeat);
    deps.log.error("a tool failed unexpectedly", { tool: call.name, cause: error });
    const reason = "The tool failed for a reason of this installation's own.";
    return isSafeToRepeat ? { outcome: "error", reason } : { outcome: "unknown", reason };
  }
}

/** The same for the same call of a run, in whichever attempt it is made. */
const keyOf = (runId: string, round: number, index: number): string => `${runId}-${round}-${index}`;

const unknownTool = (name: string, tools: ReadonlyMap<string, Tool>): ToolOutcome => {
  const names = [...tools.keys()].join(", ") || "none";
  return { outcome: "error", reason: `There is no tool "${name}". There are: ${names}.` };
};

const brokenOff: ToolOutcome = { outcome: "unknown", reason: Steps.brokenOff };

function limitOf(
  { earlier }: Calling,
  step: Steps.Step,
  call: Steps.Call,
  { definition }: Tool,
): string | undefined {
  const ofName = (calls: Steps.Call[]) => calls.filter(({ name }) => name === call.name);
  const here = ofName(Steps.callsOf(step));
  const before = earlier.flatMap((it) => ofName(Steps.callsOf(it))).length;
  const position = before + here.findIndex(({ callId }) => callId === call.callId);
  const { callsMax } = definition.limits;
  if (position < callsMax) return undefined;
  return `This tool may be called ${callsMax} times in one answer, and has been.`;
}

class OutOfTime extends Error {
  override name = "OutOfTime";
}

function late(timeMs: number, isSafeToRepeat: boolean): ToolOutcome {
  const said = `The tool did not answer within ${Math.ceil(timeMs / 1000)} seconds.`;
  if (isSafeToRepeat) return { outcome: "error", reason: said };
  return { outcome: "unknown", reason: `${said} Whether it did what was asked is not known.` };
}

/** Whatever the tool makes of the signal, nobody waits for it any longer than that. */
async function within<T>(
  clock: Clock,
  timeMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const done = new AbortController();
  const clockStops = AbortSignal.any([signal, done.signal]);
  const call = new AbortController();
  const stop = () => call.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const time = clock.sleep(timeMs, clockStops).then(() => {
    const late = new OutOfTime("The call took too long.");
    call.abort(late);
    throw late;
  });
  try {
    return await Promise.race([work(call.signal), time]);
  } finally {
    signal.removeEventListener("abort", stop);
    done.abort();
    // Its rejection has been seen in the race, or comes of the line above.
    time.catch(() => {});
  }
}

function toResult(
  outcome: ToolOutcome,
  sizeMax = 1_000,
): Pick<Steps.Result, "outcome" | "content" | "sources"> {
  const said = outcome.outcome === "ok" ? outcome.content : outcome.reason;
  const found: ToolFindings = outcome.outcome === "unknown" ? {} : outcome;
  return {
    outcome: ended[outcome.outcome],
    content: trim(said, sizeMax),
    sources: found.sources ?? { firstRank: 0, passages: [] },
  };
}

const ended = { ok: "succeeded", error: "failed", unknown: "unknown" } as const;

const nothing = "[The tool answered with nothing.]";
const cutNote = "\n[The rest is cut off: it was longer than a result may be.]";

/** Within its bytes, and never blank: a blank result poisons the conversation that it stands in. */
function trim(said: string, sizeMax: number): string {
  const text = said.toWellFormed();
  if (text.trim() === "") return nothing;
  if (Buffer.byteLength(text) <= sizeMax) return text;
  const room = Math.max(1, sizeMax - cutNote.length);
  let kept = Text.cut(text, room);
  // A UTF-16 unit is up to three bytes.
  while (Buffer.byteLength(kept) > room && kept.length > 1) {
    const ratio = room / Buffer.byteLength(kept);
    kept = Text.cut(kept, Math.max(1, Math.floor(kept.length * ratio)));
  }
  return kept + cutNote;
}
