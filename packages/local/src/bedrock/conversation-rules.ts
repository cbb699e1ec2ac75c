import { invalid } from "./exception.ts";
import type { Content, ConverseRequest, Message } from "./converse-request.ts";

/** Blocks that say nothing to a model of ours and do no harm. */
const ignored = new Set(["cachePoint", "reasoningContent"]);

/**
 * What Bedrock demands of a conversation beyond its shape, for backends that have to see to it
 * themselves. Being stricter here than there would hide nothing; being laxer would.
 * @throws `ValidationException`, in Bedrock's words where they are known.
 */
export function assertConversation(request: ConverseRequest): void {
  const { messages, system } = request;
  if (messages[0]?.role !== "user") {
    throw invalid(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  system.forEach((text, index) => {
    assertNotBlank(text, `SystemContentBlock object at system.${index}`);
  });
  messages.forEach((message, index) => {
    assertMessage(message, index);
    if (message.role === messages[index - 1]?.role) {
      throw invalid(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      );
    }
  });
  assertTools(request);
  if (messages.at(-1)?.role !== "user") {
    throw invalid(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
}

/**
 * Calls and their results: all results of one turn in the next, before anything else, in the order of
 * the calls, none of them empty.
 */
function assertTools({ messages, tools }: ConverseRequest): void {
  const holdsAny = messages.some(({ content }) =>
    content.some(({ kind }) => kind === "toolUse" || kind === "toolResult"),
  );
  if (holdsAny && !tools) {
    throw invalid(
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    );
  }
  messages.forEach(({ role, content }, index) => {
    const calls = role === "user" ? idsOf(messages[index - 1], "toolUse") : [];
    const results = idsOf({ role, content }, "toolResult");
    if (results.length > calls.length) {
      throw invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    const missing = calls.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(", ")}`,
      );
    }
    if (calls.some((id, at) => results[at] !== id)) {
      throw invalid(`The toolResult blocks at messages.${index}.content are not in order.`);
    }
    const first = content.findIndex(({ kind }) => kind !== "toolResult");
    if (first >= 0 && first < results.length) {
      throw invalid(`The toolResult blocks at messages.${index}.content have to come first.`);
    }
    for (const part of content) {
      if (part.kind === "toolUse" && role === "user") {
        throw invalid("The toolUse content block is for messages of the assistant.");
      }
      if (part.kind !== "toolResult") continue;
      if (part.parts === 0 || part.text.trim() === "") {
        throw invalid(`The toolResult block ${part.id} at messages.${index} is empty.`);
      }
    }
  });
}

const idsOf = (message: Message | undefined, kind: "toolUse" | "toolResult"): string[] =>
  (message?.content ?? []).flatMap((part) => (part.kind === kind ? [part.id] : []));

function assertMessage({ content }: Message, index: number): void {
  if (content.length === 0) {
    throw invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  content.forEach((part, at) => {
    if (part.kind === "text") {
      assertNotBlank(part.text, `ContentBlock object at messages.${index}.content.${at}`);
    } else if (part.kind === "other" && !ignored.has(part.member)) {
      throw invalid(`This model doesn't support the ${part.member} content block.`);
    }
  });
  const has = (kind: Content["kind"]): boolean => content.some((part) => part.kind === kind);
  if (has("document") && !has("text")) {
    throw invalid("A text block is required in a message that contains a document.");
  }
}

function assertNotBlank(text: string, where: string): void {
  if (text.trim() !== "") return;
  throw invalid(
    `The text field in the ${where} is blank. Add text to the text field, and try again.`,
  );
}
