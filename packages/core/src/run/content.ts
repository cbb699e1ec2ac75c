import * as v from "valibot";

export const Text = v.strictObject({
  contentType: v.literal("text"),
  body: v.pipe(
    v.string(),
    v.check((text) => text.trim().length > 0, "must not be empty"),
  ),
});

/** One part of a message, on the wire and in the store. */
export const Content = v.variant("contentType", [
  v.object({ contentType: v.literal("text"), body: v.string() }),
  v.object({
    contentType: v.literal("reasoning"),
    text: v.string(),
    signature: v.string(),
    redactedContent: v.string(),
  }),
]);
export type Content = v.InferOutput<typeof Content>;

/** The text of a message, its parts joined by blank lines. */
export const textOf = (content: readonly Content[]): string =>
  content.flatMap((part) => (part.contentType === "text" ? [part.body] : [])).join("\n\n");
