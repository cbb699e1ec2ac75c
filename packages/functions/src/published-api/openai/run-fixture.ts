import { Run } from "@outlet/core/conversations/run";
import * as v from "valibot";
import type { Ended } from "./answer.ts";

export const runId = "01JD0000000000000000000000";

/** For tests: a run as the table holds it. */
export const runOf = (over: Partial<Run.State> = {}): Run.State =>
  v.parse(Run.State, {
    runId,
    answerId: "01JD0000000000000000000001",
    botId: "B",
    clientId: "C",
    conversationId: `resp_${runId}`,
    keyId: "K",
    status: "in_progress",
    createdAt: 1_795_765_379_500,
    queuedAt: 1_795_765_379_500,
    startedAt: null,
    firstTextAt: null,
    finishedAt: null,
    requestedModel: null,
    model: null,
    continues: false,
    reasoning: false,
    parent: null,
    formerParents: [],
    token: 1,
    attempts: 1,
    redrives: 0,
    cancelRequestedAt: null,
    error: null,
    cause: null,
    incompleteReason: null,
    usage: null,
    costMicroUsd: 0,
    retentionDays: 30,
    expiresAt: 1_900_000_000,
    folder: "f",
    question: { json: "[]", path: null },
    reply: null,
    asked: {
      face: "responses",
      model: "my-bot",
      sampling: { maxTokens: null, temperature: null, topP: null, stopSequences: [] },
      previous: null,
      background: false,
      kept: true,
      metadata: {},
      endUser: null,
      utility: false,
    },
    ...over,
  });

export const endedOf = (text: string, over: Partial<Run.State> = {}, reasoning = ""): Ended => ({
  run: runOf({
    status: "completed",
    finishedAt: 1_795_765_380_900,
    model: "outlet-demo",
    usage: {
      inputTokens: 8,
      outputTokens: 4,
      cacheReadInputTokens: 2,
      cacheWriteInputTokens: 0,
    },
    ...over,
  }),
  answer: [
    ...(reasoning
      ? [{ contentType: "reasoning" as const, text: reasoning, signature: "", redactedContent: "" }]
      : []),
    ...(text ? [{ contentType: "text" as const, body: text }] : []),
  ],
  usedChunks: null,
  steps: [],
});
