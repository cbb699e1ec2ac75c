import type { Conversation } from "@outlet/core/conversation";
import type { Content, Run } from "@outlet/core/run";

/** One message as clients of bedrock-chat know it, every declared field present. */
interface MessageView {
  role: "system" | "user" | "assistant";
  content: Content[];
  model: string | null;
  children: string[];
  feedback: null;
  usedChunks: Run.Chunk[] | null;
  parent: string | null;
  thinkingLog: null;
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
  thinkingLog: null,
});

/** The answer of a run that brought one. */
export function answerView(run: Run.Info) {
  return {
    conversationId: run.conversationId,
    messageId: run.runId,
    status: run.status,
    message: message({
      role: "assistant",
      content: run.answer ?? [],
      model: run.model,
      usedChunks: run.usedChunks,
      parent: run.runId,
    }),
    createTime: run.createdAt,
    usage: run.usage && {
      inputTokens: run.usage.inputTokens,
      outputTokens: run.usage.outputTokens,
      totalTokens: run.usage.inputTokens + run.usage.outputTokens,
      cacheReadInputTokens: run.usage.cacheReadInputTokens,
      cacheWriteInputTokens: run.usage.cacheWriteInputTokens,
    },
    incompleteDetails: run.incompleteReason && { reason: run.incompleteReason },
  };
}

/** The answer is still to come. */
export const pendingView = (run: Run.Info) => ({
  conversationId: run.conversationId,
  messageId: run.runId,
  status: run.status,
  detail:
    run.status === "queued"
      ? "The message waits for its turn. Ask again after Retry-After seconds."
      : "The bot is answering. Ask again after Retry-After seconds.",
});

/**
 * The conversation as a tree under a synthetic root `system`. The bot's instruction is not in it.
 */
export function conversationView({ head, runs }: Conversation.Tree) {
  const messageMap: Record<string, MessageView> = {
    system: message({ role: "system", content: [{ contentType: "text", body: "" }] }),
  };
  let tip = "system";
  const append = (id: string, view: MessageView) => {
    messageMap[tip]?.children.push(id);
    messageMap[id] = { ...view, parent: tip };
    tip = id;
  };
  for (const run of runs) {
    append(run.runId, message({ role: "user", content: run.content, model: run.requestedModel }));
    if (!run.answer || run.answer.length === 0) continue;
    append(
      run.answerId,
      message({
        role: "assistant",
        content: run.answer,
        model: run.model,
        usedChunks: run.usedChunks,
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
