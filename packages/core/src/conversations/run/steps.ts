/** What a run has called on its way to an answer: records in its event log, and the steps they add up to. */
export * as Steps from "./steps.ts";

import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import { type ModelUsage, Place } from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";

/** A passage that a call has found: what {@link Found} of the retriever's port is. */
const Source = v.object({
  sourceId: v.string(),
  source: v.string(),
  ordinal: v.number(),
  text: v.string(),
  place: Place,
  score: v.number(),
  words: v.array(v.object({ word: v.string(), score: v.number() })),
  similarity: v.nullable(v.number()),
  knowledgeBaseId: v.optional(v.string()),
});
type Source = v.InferOutput<typeof Source>;

/** One part of what a model said in a round, in its order: it goes back to the model unchanged. */
export const Part = v.variant("type", [
  v.object({ type: v.literal("text"), text: v.string() }),
  v.object({
    type: v.literal("reasoning"),
    text: v.string(),
    signature: v.string(),
    redactedContent: v.string(),
  }),
  v.object({
    type: v.literal("toolUse"),
    callId: v.string(),
    name: v.string(),
    input: Members.of(v.string(), v.unknown()),
  }),
]);
export type Part = v.InferOutput<typeof Part>;
export type Call = Extract<Part, { type: "toolUse" }>;

/** Tokens, and what they cost. */
export type Paid = { usage: ModelUsage; costMicroUsd: number };
export const noCost: Paid = { usage: Ledger.noTokens, costMicroUsd: 0 };

const paid = { usage: Ledger.Tokens, costMicroUsd: Ledger.Count };

/** The record before: the model has called tools, and from now on they may have been called. */
export const Round = v.object({
  /** From 0, over all attempts of a run. */
  round: v.number(),
  content: v.array(Part),
  /** Calls that are not made, and why. */
  refusals: v.array(v.object({ callId: v.string(), reason: v.string() })),
  /** Of the model, for this round. */
  ...paid,
});
export type Round = v.InferOutput<typeof Round>;

export const Outcome = v.picklist([
  "succeeded",
  "failed",
  /** It was begun, and nobody can say whether it was carried out. */
  "unknown",
]);

/** The record after: what the model is told of a call. */
export const Result = v.object({
  round: v.number(),
  callId: v.string(),
  name: v.string(),
  outcome: Outcome,
  content: v.string(),
  /** Milliseconds that it took. */
  ms: v.number(),
  sources: v.object({ firstRank: v.number(), passages: v.array(Source) }),
  /** Of what was called, where that is a bot. */
  ...paid,
});
export type Result = v.InferOutput<typeof Result>;

/** A round with what became of its calls, in the order of the calls. */
export const Step = v.object({ ...Round.entries, results: v.array(Result) });
export type Step = v.InferOutput<typeof Step>;

/** What is written to the event log of a run: only then it goes on. */
export const Record = v.variant("type", [
  v.object({ type: v.literal("round"), ...Round.entries }),
  v.object({ type: v.literal("result"), ...Result.entries }),
]);
export type Record = v.InferOutput<typeof Record>;

/** The steps that records add up to, oldest first. */
export function fold(records: readonly Record[]): Step[] {
  const steps = new Map<number, Step>();
  for (const record of records) {
    if (record.type === "round") {
      const { type: _type, ...round } = record;
      steps.set(round.round, { ...round, results: [] });
    } else {
      const { type: _type, ...result } = record;
      steps.get(result.round)?.results.push(result);
    }
  }
  return [...steps.values()].sort((a, b) => a.round - b.round).map(inOrder);
}

export const inOrder = (step: Step): Step => {
  const order = callsOf(step).map(({ callId }) => callId);
  const at = ({ callId }: Result) => order.indexOf(callId);
  return { ...step, results: step.results.toSorted((a, b) => at(a) - at(b)) };
};

export const callsOf = ({ content }: Pick<Round, "content">): Call[] =>
  content.filter((part) => part.type === "toolUse");

/** Calls of which nobody has written down how they ended. */
export const openCallsOf = (step: Step): Call[] => {
  const known = new Set(step.results.map(({ callId }) => callId));
  return callsOf(step).filter(({ callId }) => !known.has(callId));
};

/** What is said of calls that were begun and of which nobody knows the end. */
export const unknownResultsOf = (step: Step): Result[] =>
  openCallsOf(step).map(({ callId, name }) => ({
    round: step.round,
    callId,
    name,
    outcome: "unknown",
    content: brokenOff,
    ms: 0,
    sources: { firstRank: 0, passages: [] },
    ...noCost,
  }));

/** With all that can be said of its calls, where no more comes of them. */
export const settled = (step: Step): Step =>
  inOrder({ ...step, results: [...step.results, ...unknownResultsOf(step)] });

/** What is told where nobody has written down how a call ended. */
export const brokenOff =
  "The call was broken off. Whether it was carried out is not known, and it is not made again: tell the user so.";

/** How many calls ended nobody knows how. */
export const unknownCalls = (steps: readonly Step[]): number =>
  steps.flatMap(({ results }) => results).filter(({ outcome }) => outcome === "unknown").length;

/** What is written down as paid, models and tools together. */
export function paidIn(records: readonly Paid[]): Paid {
  const sum = { usage: { ...Ledger.noTokens }, costMicroUsd: 0 };
  for (const { usage, costMicroUsd } of records) {
    sum.usage.inputTokens += usage.inputTokens;
    sum.usage.outputTokens += usage.outputTokens;
    sum.usage.cacheReadInputTokens += usage.cacheReadInputTokens;
    sum.usage.cacheWriteInputTokens += usage.cacheWriteInputTokens;
    sum.costMicroUsd += costMicroUsd;
  }
  return sum;
}

/** Passages that calls have found, each at its rank. */
export function sourcesOf(steps: readonly Step[]): Source[] {
  const results = steps.flatMap((step) => step.results);
  return results
    .toSorted((a, b) => a.sources.firstRank - b.sources.firstRank)
    .flatMap(({ sources }) => sources.passages);
}

/** What a run's answer keeps of a step: its passages are told among the answer's own. */
export const withoutSources = (step: Step): Step => ({
  ...step,
  results: step.results.map((result) => ({
    ...result,
    sources: { ...result.sources, passages: [] },
  })),
});
