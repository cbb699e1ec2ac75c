import * as v from "valibot";
import { MessageContent } from "./content.ts";

/** Fields that clients of bedrock-chat's published APIs send without effect: accepted, ignored. */
const ignored = v.optional(v.unknown());

const ConversationId = v.pipe(
  v.string(),
  v.maxLength(128, "must be at most 128 characters"),
  v.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "must be printable characters"),
);

const Fields = v.strictObject({
  /** Absent, null or empty: a new conversation. */
  conversationId: v.optional(v.nullable(ConversationId), null),
  message: v.strictObject({
    content: MessageContent,
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
  /** Go on with the last answer, which ran into the token limit; `content` may then be empty. */
  continueGenerate: v.optional(v.nullable(v.boolean()), false),
  enableReasoning: v.optional(v.nullable(v.boolean()), false),
  botId: ignored,
});

export const MessageRequest = v.pipe(
  Fields,
  v.forward(
    v.check(
      (request) => request.message.content.length > 0 || request.continueGenerate === true,
      "must have at least one part",
    ),
    ["message", "content"],
  ),
);
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
