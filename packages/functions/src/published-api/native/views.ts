import type { Conversation } from "@outlet/core/conversations/conversation";
import type { Clock, ObjectStore } from "@outlet/core/ports";
import * as Run from "@outlet/core/conversations/run";
import type { Content, Steps } from "@outlet/core/conversations/run";

/** One part of a message as clients of bedrock-chat know it; bytes are base64. */
type PartView =
  | { contentType: "text"; body: string }
  | { contentType: "image"; mediaType: string; body: string }
  | { contentType: "attachment"; fileName: string; body: string }
  | { contentType: "reasoning"; text: string; signature: string; redactedContent: string };

/** One message as clients of bedrock-chat know it, every declared field present. */
interface MessageView {
  role: "system" | "user" | "assistant";
  content: PartView[];
  model: string | null;
  children: string[];
  feedback: null;
  usedChunks: Run.Chunk[] | null;
  parent: string | null;
  /** What was called on the way, as turns of the model and of its tools; null where nothing was. */
  thinkingLog: LogTurn[] | null;
}

interface LogTurn {
  role: "assistant" | "user";
  content: LogPart[];
}

type LogPart =
  | PartView
  | {
      contentType: "toolUse";
      body: { toolUseId: string; name: string; input: Record<string, unknown> };
    }
  | {
      contentType: "toolResult";
      body: { toolUseId: string; content: { text: string }[]; status: "success" | "error" };
    };

/** The shape that clients of bedrock-chat read: each round two turns. */
const thinkingLogOf = (steps: readonly Steps.Step[]): LogTurn[] | null =>
  steps.length === 0
    ? null
    : steps.flatMap(({ content, results }): LogTurn[] => [
        { role: "assistant", content: content.map(logPartOf) },
        {
          role: "user",
          content: results.map(({ callId, content: text, outcome }) => ({
            contentType: "toolResult",
            body: {
              toolUseId: callId,
              content: [{ text }],
              status: outcome === "succeeded" ? "success" : "error",
            },
          })),
        },
      ]);

function logPartOf(part: Steps.Part): LogPart {
  switch (part.type) {
    case "text":
      return { contentType: "text", body: part.text };
    case "reasoning": {
      const { text, signature, redactedContent } = part;
      return { contentType: "reasoning", text, signature, redactedContent };
    }
    case "toolUse": {
      const { callId: toolUseId, name, input } = part;
      return { contentType: "toolUse", body: { toolUseId, name, input } };
    }
  }
}

const message = (
  fields: Pick<MessageView, "role" | "content"> & Partial<MessageView>,
): MessageView => ({
  role: fields.role,
  content: fields.content,
  model: fields.model ?? null,
  children: [],
  feedback: null,
  usedChunks: fields.usedChunks ?? null,
  parent: fields.parent ?? null,
  thinkingLog: fields.thinkingLog ?? null,
});

async function partsOf(objects: ObjectStore, content: readonly Content[]): Promise<PartView[]> {
  const parts: PartView[] = [];
  // One after the other: together they may be large.
  for (const part of content) {
    if (part.contentType === "image") {
      const { contentType, mediaType, data } = part;
      parts.push({ contentType, mediaType, body: await Run.base64Of(objects, data) });
    } else if (part.contentType === "attachment") {
      const { contentType, fileName, data } = part;
      parts.push({ contentType, fileName, body: await Run.base64Of(objects, data) });
    } else parts.push(part);
  }
  return parts;
}

/** A message that was accepted, and how its run stands. */
export const acceptedView = (run: Pick<Run.State, "conversationId" | "runId" | "status">) => ({
  conversationId: run.conversationId,
  messageId: run.runId,
  status: run.status,
});

export const usageView = (usage: NonNullable<Run.State["usage"]>) => ({
  inputTokens: usage.inputTokens,
  outputTokens: usage.outputTokens,
  totalTokens: usage.inputTokens + usage.outputTokens,
  cacheReadInputTokens: usage.cacheReadInputTokens,
  cacheWriteInputTokens: usage.cacheWriteInputTokens,
});

/** The answer of a run, as far as it came. */
export async function answerView(deps: { objects: ObjectStore }, run: Run.State) {
  const { answer, usedChunks, steps } = await Run.loadAnswer(deps, run);
  return {
    ...acceptedView(run),
    message: message({
      role: "assistant",
      content: await partsOf(deps.objects, answer ?? []),
      model: run.model,
      usedChunks,
      parent: run.runId,
      thinkingLog: thinkingLogOf(steps),
    }),
    // The conversation's, as clients of bedrock-chat know it.
    createTime: run.conversationCreatedAt ?? run.createdAt,
    usage: run.usage && usageView(run.usage),
    incompleteDetails: run.incompleteReason && { reason: run.incompleteReason },
    error: run.error,
    // Calls of tools of which nobody can say whether they were carried out.
    unknownCalls: run.unknownCalls,
  };
}

/** The answer is still to come. */
export const pendingView = (run: Run.State) => ({
  ...acceptedView(run),
  detail: run.cancelRequestedAt
    ? "The run is being cancelled. Ask again after Retry-After seconds."
    : run.status === "queued"
      ? "The message waits for its turn. Ask again after Retry-After seconds."
      : "The bot is answering. Ask again after Retry-After seconds.",
});

/**
 * Seconds until it makes sense to ask again: a third of the time the run has been in its state, from
 * 1 to 30. So hints follow the real wait, polls are few, and the answer is seen at most a third late.
 */
export function retryAfter(clock: Clock, run: Run.State): number {
  const since = run.status === "queued" ? run.queuedAt : (run.startedAt ?? run.queuedAt);
  return Math.min(30, Math.max(1, Math.ceil((clock.now() - since) / 3_000)));
}

/** There every message has a model: the one asked for, else the one that answered it. */
const modelOf = (run: Run.State): string | null => run.requestedModel ?? run.model;

/**
 * The conversation as a tree under a synthetic root `system`. The bot's instruction is not in it.
 */
export async function conversationView(
  { objects }: { objects: ObjectStore },
  { head, runs }: Conversation.Tree,
) {
  const messageMap: Record<string, MessageView> = {
    system: message({
      role: "system",
      content: [{ contentType: "text", body: "" }],
      model: runs[0] ? modelOf(runs[0]) : null,
    }),
  };
  let tip = "system";
  const append = (id: string, view: MessageView) => {
    messageMap[tip]?.children.push(id);
    messageMap[id] = { ...view, parent: tip };
    tip = id;
  };
  for (const run of runs) {
    const content = await partsOf(objects, run.content);
    append(run.runId, message({ role: "user", content, model: modelOf(run) }));
    if (!run.answer || run.answer.length === 0) continue;
    append(
      run.answerId,
      message({
        role: "assistant",
        content: await partsOf(objects, run.answer),
        model: run.model,
        usedChunks: run.usedChunks,
        thinkingLog: thinkingLogOf(run.steps),
      }),
    );
  }
  const newest = runs.at(-1);
  return {
    id: head.conversationId,
    title: head.title,
    createTime: head.createdAt,
    messageMap,
    lastMessageId: tip,
    botId: head.botId,
    shouldContinue: newest?.incompleteReason === "max_output_tokens",
    openMessageIds: head.open,
  };
}
