import type { EndedRun } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import type { ErrorInfo, State } from "./state.ts";

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : Math.max(0, to - from);

/** Milliseconds waiting for a worker, until the first text, and from start to end. */
export const durations = ({ queuedAt, startedAt, firstTextAt, finishedAt }: State) => ({
  queueMs: between(queuedAt, startedAt),
  firstTokenMs: between(startedAt, firstTextAt),
  runMs: between(startedAt, finishedAt),
});

/** The ledger entry of a run that has ended: what its item says. */
export function ledgerEntry(run: State, priceVersion: string): Ledger.Entry {
  return {
    ...(run.usage ?? run.lost?.usage ?? Ledger.noTokens),
    ...durations(run),
    botId: run.botId,
    runId: run.runId,
    keyId: run.keyId,
    clientId: run.clientId,
    model: run.model ?? run.requestedModel ?? "none",
    status: run.status,
    finishedAt: run.finishedAt ?? run.createdAt,
    costMicroUsd: run.usage ? run.costMicroUsd : (run.lost?.costMicroUsd ?? 0),
    priceVersion,
    errorCode: run.error?.code ?? null,
    abandoned: false,
    utility: run.asked?.utility === true,
  };
}

/** What an end-of-run hook is told. @throws RangeError where the run has not ended. */
export function endOf(run: State): EndedRun {
  const { botId, clientId, conversationId, runId, status, redrives, webhooks } = run;
  if (status === "queued" || status === "in_progress") {
    throw new RangeError(`The run ${runId} is ${status}.`);
  }
  return { botId, clientId, conversationId, runId, status, redrives, webhooks };
}

/**
 * What tells a redriven run's entry from that of its first end: each end is billed, each once.
 * `undefined` where it was never redriven.
 */
export const ledgerSuffix = ({ redrives }: State): string | undefined =>
  redrives === 0 ? undefined : `redrive-${redrives}`;

/**
 * What a client is told of a run that did not bring an answer.
 * @param partial what the model had said before it ended.
 */
export function problemOf(run: State, partial = ""): Problem.ProblemError | undefined {
  const extra = {
    conversationId: run.conversationId,
    messageId: run.runId,
    runStatus: run.status,
    partial: partial || null,
    ...(run.unknownCalls > 0 && { unknownCalls: run.unknownCalls }),
  };
  if (run.status === "cancelled") {
    const message = "The run was cancelled before it ended.";
    return new Problem.ProblemError("run_cancelled", { message, extra });
  }
  if (run.status !== "failed") return undefined;
  const error = run.error ?? workerLost(run.attempts);
  return new Problem.ProblemError(error.code, {
    message: error.message,
    extra: { ...extra, retryable: error.retryable, attempts: run.attempts },
  });
}

export const workerLost = (attempts: number): ErrorInfo => ({
  code: "worker_lost",
  message: `The run was started ${attempts} times and never came to an end. Send the message again.`,
  retryable: true,
});
