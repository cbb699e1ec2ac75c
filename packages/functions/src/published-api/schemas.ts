import * as v from "valibot";

/** Fields that clients of bedrock-chat's published APIs send without effect: accepted, ignored. */
const ignored = v.optional(v.unknown());

const Text = v.strictObject({
  contentType: v.literal("text"),
  body: v.pipe(
    v.string(),
    v.check((text) => text.trim().length > 0, "must not be empty"),
  ),
});

const ConversationId = v.pipe(
  v.string(),
  v.maxLength(128, "must be at most 128 characters"),
  v.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "must be printable characters"),
);

export const MessageRequest = v.strictObject({
  /** Absent, null or empty: a new conversation. */
  conversationId: v.optional(v.nullable(ConversationId), null),
  message: v.strictObject({
    content: v.pipe(
      v.array(v.variant("contentType", [Text])),
      v.minLength(1, "must have at least one part"),
      v.maxLength(100, "must have at most 100 parts"),
    ),
    /** Short name; the bot's own model where absent or null. */
    model: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200))), null),
    role: ignored,
    messageId: ignored,
    parentMessageId: ignored,
    parent: ignored,
    children: ignored,
    feedback: ignored,
    usedChunks: ignored,
    thinkingLog: ignored,
  }),
  continueGenerate: v.optional(v.literal(false), false),
  enableReasoning: v.optional(v.literal(false), false),
  botId: ignored,
});
export type MessageRequest = v.InferOutput<typeof MessageRequest>;

/** Keys as this API spells them: clients may write snake_case at every level. */
export function camelizeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelizeKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelizeKeys(member),
    ]),
  );
}
