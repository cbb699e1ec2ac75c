import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Found, ModelUsage } from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import { type Content, Steps } from "../run/index.ts";
import { addUsage, takeUsage } from "./usage.ts";
import type { Event } from "./events.ts";

/** An answer as far as it has come. */
export interface Draft {
  model: ModelCatalog.Info | null;
  sources: Found[];
  text: string;
  reasoning: { text: string; signature: string; redactedContent: string };
  /** What was called, of earlier attempts too. */
  steps: Steps.Step[];
  /** Of all calls of the model, those that were in vain with them, and of earlier attempts' rounds. */
  usage: ModelUsage;
  /** What of it is told by {@link steps}, so that whoever goes on from there pays it. */
  kept: ModelUsage;
  /** Of {@link usage} and {@link others}, what calls have cost of which no result tells yet. */
  pending: Steps.Paid;
  /** What was paid at other prices than the model's: by earlier attempts, and by tools. */
  others: { usage: ModelUsage; costMicroUsd: number };
  /** Epoch milliseconds of the first text, be it void by now. */
  firstTextAt: number | null;
}

const noReasoning = (): Draft["reasoning"] => ({ text: "", signature: "", redactedContent: "" });

/** @param earlier what earlier attempts have called since the run was queued last: it is paid with this one. */
export function emptyDraft(
  earlier: { steps: readonly Steps.Step[]; paid: Steps.Paid } = {
    steps: [],
    paid: Steps.noCost,
  },
): Draft {
  return {
    model: null,
    sources: Steps.sourcesOf(earlier.steps),
    text: "",
    reasoning: noReasoning(),
    steps: [...earlier.steps],
    usage: earlier.paid.usage,
    kept: earlier.paid.usage,
    pending: Steps.noCost,
    others: earlier.paid,
    firstTextAt: null,
  };
}

/** Takes an event into the draft. @param now epoch milliseconds. */
export function note(draft: Draft, event: Event, now: number): void {
  switch (event.type) {
    case "model":
      draft.model = event.model;
      return;
    case "sources":
      draft.sources = event.sources;
      return;
    case "text":
      draft.firstTextAt ??= now;
      draft.text += event.text;
      return;
    case "reasoning":
      draft.reasoning.text += event.text;
      draft.reasoning.signature += event.signature ?? "";
      draft.reasoning.redactedContent += event.redactedContent ?? "";
      return;
    case "restart":
      draft.text = "";
      draft.reasoning = noReasoning();
      return;
    case "usage":
      draft.usage = addUsage(draft.usage, event.usage);
      return;
    case "round":
      // What is signed is the reasoning of one round: it goes back in its step.
      draft.reasoning.signature = "";
      draft.reasoning.redactedContent = "";
      draft.steps.push({ ...event.round, results: [] });
      draft.kept = addUsage(draft.kept, event.round.usage);
      return;
    case "result":
      noteResult(draft, event.result);
      return;
    case "stop":
  }
}

function noteResult(draft: Draft, result: Steps.Result): void {
  const at = draft.steps.findIndex(({ round }) => round === result.round);
  const step = draft.steps[at];
  if (step) draft.steps[at] = Steps.inOrder({ ...step, results: [...step.results, result] });
  if (result.sources.passages.length > 0) draft.sources = Steps.sourcesOf(draft.steps);
  // It has been paid while the call went on.
  const { usage, costMicroUsd } = result;
  draft.kept = addUsage(draft.kept, usage);
  draft.pending = {
    usage: takeUsage(draft.pending.usage, usage),
    costMicroUsd: draft.pending.costMicroUsd - costMicroUsd,
  };
}

/** Takes what a call costs into the draft, before its result and also where none comes. */
export function pay(draft: Draft, paid: Steps.Paid): void {
  draft.usage = addUsage(draft.usage, paid.usage);
  draft.pending = Steps.paidIn([draft.pending, paid]);
  draft.others = Steps.paidIn([draft.others, paid]);
}

export function contentOf({ text, reasoning }: Draft): Content[] {
  const reasoned = reasoning.text !== "" || reasoning.redactedContent !== "";
  return [
    ...(reasoned ? [{ contentType: "reasoning" as const, ...reasoning }] : []),
    ...(text ? [{ contentType: "text" as const, body: text }] : []),
  ];
}

export const costOf = ({ model, usage, others }: Draft): number =>
  model
    ? Ledger.cost(model.price, takeUsage(usage, others.usage)) + others.costMicroUsd
    : others.costMicroUsd;

/** What was paid and no step tells of: in vain, where another attempt goes on from the steps. */
export function unkept({ model, usage, kept, pending }: Draft): Steps.Paid {
  const rest = takeUsage(usage, kept);
  const own = model ? Ledger.cost(model.price, takeUsage(rest, pending.usage)) : 0;
  return { usage: rest, costMicroUsd: own + pending.costMicroUsd };
}
