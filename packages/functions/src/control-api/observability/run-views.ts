import type { Requests } from "@outlet/core/observability/requests";
import { type Content, Steps } from "@outlet/core/conversations/run";
import type { Row } from "../csv.ts";

/** RFC 3339, UTC. */
const timeOrNull = (epochMs: number | null): string | null =>
  epochMs === null ? null : new Date(epochMs).toISOString();

/** A row of the request log. `error.cause` is the owner's alone: it may name accounts and ARNs. */
export const runView = (run: Requests.Entry) => ({
  runId: run.runId,
  conversationId: run.conversationId,
  clientId: run.clientId,
  /** Of the request that brought it. */
  requestId: run.requestId,
  keyId: run.keyId,
  status: run.status,
  model: run.model,
  via: run.via,
  createdAt: timeOrNull(run.createdAt),
  startedAt: timeOrNull(run.startedAt),
  firstTextAt: timeOrNull(run.firstTextAt),
  finishedAt: timeOrNull(run.finishedAt),
  queueMs: run.queueMs,
  firstTokenMs: run.firstTokenMs,
  runMs: run.runMs,
  inputTokens: run.inputTokens,
  outputTokens: run.outputTokens,
  costMicroUsd: run.costMicroUsd,
  attempts: run.attempts,
  redrives: run.redrives,
  incompleteReason: run.incompleteReason,
  error: run.error && { ...run.error, cause: run.cause },
});

/** A row of the request log as a table has it. */
export const runColumns = [
  "createdAt",
  "runId",
  "conversationId",
  "keyId",
  "status",
  "model",
  "startedAt",
  "firstTextAt",
  "finishedAt",
  "queueMs",
  "firstTokenMs",
  "runMs",
  "inputTokens",
  "outputTokens",
  "costMicroUsd",
  "attempts",
  "redrives",
  "incompleteReason",
  "via",
  "errorCode",
  "errorMessage",
  "errorCause",
] as const;

export const runRow = ({ error, clientId: _, ...run }: ReturnType<typeof runView>): Row => ({
  ...run,
  errorCode: error?.code ?? null,
  errorMessage: error?.message ?? null,
  errorCause: error?.cause ?? null,
});

export const runDetailView = ({ entry, run }: Requests.Detail) => ({
  ...runView(entry),
  usage: run?.usage ?? null,
  cancelRequestedAt: timeOrNull(run?.cancelRequestedAt ?? null),
  expiresAt: timeOrNull(entry.expiresAt * 1000),
  /** Null where the client has deleted the conversation, or its time is over. */
  question: run ? run.content.map(partView) : null,
  answer: run?.answer ? run.answer.map(partView) : null,
  usedChunks: run?.usedChunks ?? null,
  /** What was called on the way to the answer, in order. */
  calls: (run?.steps ?? []).flatMap(callViews),
  /** Of these, and of an attempt that never ended: those that may or may not have been carried out. */
  unknownCalls: run?.unknownCalls ?? 0,
});

const callViews = (step: Steps.Step) =>
  Steps.callsOf(step).map(({ callId, name, input }) => {
    const result = step.results.find((one) => one.callId === callId);
    const { outcome = "unknown", content = "", ms = 0, costMicroUsd = 0 } = result ?? {};
    return { round: step.round, callId, name, input, outcome, output: content, ms, costMicroUsd };
  });

type RunEvent = Awaited<ReturnType<typeof Requests.events>>["events"][number];

/** An event as its readers had it, and when it was written. */
export function eventView(event: RunEvent) {
  const when = { seq: event.seq, at: timeOrNull(event.at) };
  switch (event.kind) {
    case "attempt":
      return { ...when, kind: event.kind, attempt: event.attempt };
    case "text":
    case "reasoning":
      return { ...when, kind: event.kind, text: event.text };
    case "tool":
      return {
        ...when,
        kind: event.kind,
        callId: event.callId,
        name: event.name,
        status: event.status,
        input: event.input ?? null,
        output: event.output ?? null,
        ms: event.ms ?? null,
      };
    case "end":
      return { ...when, kind: event.kind, status: event.status };
  }
}

/** Bytes are only counted here. */
const partView = (part: Content) => {
  if (part.contentType === "image") {
    return { contentType: part.contentType, mediaType: part.mediaType, size: part.data.size };
  }
  if (part.contentType === "attachment") {
    return { contentType: part.contentType, fileName: part.fileName, size: part.data.size };
  }
  return part;
};
