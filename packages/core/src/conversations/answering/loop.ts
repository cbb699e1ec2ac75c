import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Found, ModelMessage, ModelTool, ModelUsage, ToolCaller } from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import { Steps } from "../run/index.ts";
import { callAll } from "./calls.ts";
import type { Event } from "./events.ts";
import { generateFitting } from "./fitting.ts";
import type { GenerateDeps } from "./generate.ts";
import type { Subject } from "./subject.ts";
import type { Toolbox } from "./toolbox.ts";
import { Turn } from "./turn.ts";
import { addUsage } from "./usage.ts";

interface Asked {
  subject: Subject;
  model: ModelCatalog.Info;
  sources: readonly Found[];
  toolbox: Toolbox;
}

/** Why the model stopped where it went on calling tools though it was told to answer. */
const toolLimit = "tool_limit";

/**
 * Model, tools, model, until the model answers. A round is told before its calls are made, and each
 * result before the model reads it: whoever listens writes both down, so that another attempt goes on
 * from there.
 * @returns why the model stopped in the end.
 * @throws ModelError, and the signal's reason.
 */
export async function* converse(
  deps: GenerateDeps,
  asked: Asked,
  signal: AbortSignal,
): AsyncGenerator<Event, string | null> {
  const { subject, toolbox } = asked;
  // Of its own: whoever gave them adds what it is told to its own, too.
  const steps = (subject.steps ?? []).map((step) => ({ ...step, results: [...step.results] }));
  const speech = new Speech();
  yield* speech.repeat(steps);
  const clockFrom = () => deps.clock.now() + toolbox.secondsMax * 1_000 - (subject.spentMs ?? 0);
  let endsAt = steps.length > 0 ? clockFrom() : Number.POSITIVE_INFINITY;
  const caller: ToolCaller = {
    botId: subject.bot.botId,
    runId: subject.runId,
    keyId: subject.keyId,
    clientId: subject.clientId ?? "",
    depth: subject.depth ?? 0,
  };
  /** @param isResumed an attempt before this one had begun the calls. */
  const call = async function* (isResumed: boolean) {
    const step = steps.at(-1);
    if (!step) return;
    const earlier = steps.slice(0, -1);
    const { pay } = subject;
    const calling = { tools: toolbox.tools, caller, pay, endsAt, earlier, isResumed };
    for await (const result of callAll(deps, calling, step, signal)) {
      step.results.push(result);
      yield { type: "result" as const, result };
    }
    steps[steps.length - 1] = Steps.inOrder(step);
  };
  yield* call(true);
  for (;;) {
    const mayCall = steps.length < toolbox.roundsMax && deps.clock.now() < endsAt;
    const turn = new Turn();
    const stop = yield* say(deps, asked, { steps, speech, turn, mayCall }, signal);
    if (turn.calls.length === 0) return stop.reason;
    // The token limit may have cut it off: such a call is never made.
    if (stop.reason === "max_tokens" || !turn.isWhole) return "max_tokens";
    if (!isCall(stop.reason)) return stop.reason;
    if (!mayCall) return toolLimit;
    const ids = new Set(steps.flatMap((step) => Steps.callsOf(step).map(({ callId }) => callId)));
    const { content, refusals } = turn.assemble(steps.length, ids);
    const costMicroUsd = Ledger.cost(asked.model.price, stop.usage);
    const { usage } = stop;
    const round = { round: steps.length, content, refusals, usage, costMicroUsd };
    if (Buffer.byteLength(JSON.stringify(round)) > recordBytesMax) return "max_tokens";
    steps.push({ ...round, results: [] });
    yield { type: "round", round };
    // Once it is written down: another attempt counts from what is written.
    endsAt = Math.min(endsAt, clockFrom());
    speech.endRound();
    yield* call(false);
  }
}

/** A record has to fit into an item of the table: what a round says beyond that ends the answer. */
const recordBytesMax = 300_000;

/** Servers and models say either where they call; what a filter stopped is not called. */
const isCall = (reason: string | null): boolean =>
  reason === "tool_use" || reason === "end_turn" || reason === "stop_sequence" || reason === null;

interface Progress {
  steps: readonly Steps.Step[];
  speech: Speech;
  turn: Turn;
  mayCall: boolean;
}

/** One round of the model. */
async function* say(
  deps: GenerateDeps,
  { subject, model, sources, toolbox }: Asked,
  { steps, speech, turn, mayCall }: Progress,
  signal: AbortSignal,
): AsyncGenerator<Event, { reason: string | null; usage: ModelUsage }> {
  const turns = [...toTurns(steps, mayCall)];
  const tools = toolsFor(toolbox, steps);
  const events = generateFitting(deps, { subject, model, sources, turns, tools }, signal);
  let usage = Ledger.noTokens;
  for (;;) {
    const next = await events.next();
    if (next.done) return { reason: next.value, usage };
    const event = next.value;
    if (event.type === "usage") usage = addUsage(usage, event.usage);
    if (event.type === "restart") {
      turn.clear();
      yield event;
      yield* speech.repeat(steps);
      continue;
    }
    if (event.type === "text" || event.type === "reasoning" || event.type === "toolUse") {
      turn.hear(event);
    }
    if (event.type !== "toolUse") yield* speech.say(event);
  }
}

/**
 * What is offered: the allow-list, and what earlier rounds have called and is not in it any more, for
 * Converse refuses a call in the conversation whose tool it is not told of.
 */
function toolsFor({ tools }: Toolbox, steps: readonly Steps.Step[]): ModelTool[] {
  const offered = [...tools.values()].map(({ definition }): ModelTool => {
    const { name, description, inputSchema } = definition;
    return { name, description, inputSchema };
  });
  const called = new Set(steps.flatMap((step) => Steps.callsOf(step).map(({ name }) => name)));
  const gone = [...called].filter((name) => !tools.has(name)).slice(0, goneMax);
  return [
    ...offered,
    ...gone.map((name) => ({
      name,
      description: "There is no such tool: do not call it.",
      inputSchema: { type: "object" },
    })),
  ];
}

const goneMax = 50;

const enough =
  "No more tools can be called in this answer. Answer now with what you have, and say what is missing.";

/** All results of one turn in one turn of the user, in the order of the calls, before any text. */
function* toTurns(steps: readonly Steps.Step[], mayCall: boolean): Generator<ModelMessage> {
  for (const [index, { content, results }] of steps.entries()) {
    yield { role: "assistant", content };
    const isLast = index === steps.length - 1;
    yield {
      role: "user",
      content: [
        ...results.map(({ callId, content: said, outcome }) => ({
          type: "toolResult" as const,
          callId,
          content: said,
          isError: outcome !== "succeeded",
        })),
        ...(isLast && !mayCall ? [{ type: "text" as const, text: enough }] : []),
      ],
    };
  }
}

/** What is said over several rounds is one answer, its rounds parted by a blank line. */
class Speech {
  readonly #said = { text: "", reasoning: "" };
  readonly #owed = { text: "", reasoning: "" };

  *say(event: Event): Generator<Event> {
    if ((event.type === "text" || event.type === "reasoning") && event.text !== "") {
      const gap = this.#owed[event.type];
      this.#owed[event.type] = "";
      this.#said[event.type] += event.text;
      if (gap !== "") yield { type: event.type, text: gap };
    }
    yield event;
  }

  endRound(): void {
    for (const kind of ["text", "reasoning"] as const) {
      if (this.#said[kind].trim() !== "") this.#owed[kind] = "\n\n";
    }
  }

  /** Anew, from the beginning. */
  *repeat(steps: readonly Steps.Step[]): Generator<Event> {
    for (const kind of ["text", "reasoning"] as const) {
      this.#said[kind] = "";
      this.#owed[kind] = "";
    }
    for (const { content } of steps) {
      for (const part of content) {
        if (part.type !== "toolUse") yield* this.say({ type: part.type, text: part.text });
      }
      this.endRound();
    }
  }
}
