import * as v from "valibot";
import { CallerWebhook } from "../webhooks.ts";
import { MessageContent } from "./content.ts";

/** Fields that clients of bedrock-chat's published APIs send without effect: accepted, ignored. */
const ignored = v.optional(v.unknown());

const ConversationId = v.pipe(
  v.string(),
  v.regex(/^.{0,128}$/su, "must be at most 128 characters"),
  v.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "must be printable characters"),
  // RFC 3986 §5.2.4: whoever builds the address of such a conversation ends up elsewhere.
  v.check((id) => id !== "." && id !== "..", 'must not be "." or "..", which no URL can hold'),
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
  /** Told when it has been answered. */
  webhook: v.optional(v.nullable(CallerWebhook), null),
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

const parts = ["contentType", "mediaType", "fileName"];
const names = [
  ...Object.keys(Fields.entries),
  ...Object.keys(Fields.entries.message.entries),
  ...parts,
];
/** `conversation_id` → `conversationId` */
const bySnakeCase = new Map(
  names.map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
);
/** Of the body, the message, its content, and a part: below that there is nothing to spell. */
const levels = 4;

/**
 * Fields as this API spells them: clients may write snake_case at every level. What is no field of
 * ours stays as it came, and so does a field that is there in both spellings: it is refused by the
 * name that the client gave it.
 */
export function camelizeKeys(value: unknown, depth = levels): unknown {
  if (depth === 0 || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((member) => camelizeKeys(member, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = bySnakeCase.get(key);
      const spelled = name === undefined || Object.hasOwn(value, name) ? key : name;
      return [spelled, camelizeKeys(member, depth - 1)];
    }),
  );
}
