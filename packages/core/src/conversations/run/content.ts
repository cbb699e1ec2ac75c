import * as v from "valibot";
import type { ObjectStore } from "../../ports/index.ts";

/** Bytes of an image or attachment: small ones lie in the run's item, others in the object store. */
const Binary = v.object({
  size: v.number(),
  base64: v.nullable(v.string()),
  path: v.nullable(v.string()),
});
export type Binary = v.InferOutput<typeof Binary>;

/** One part of a message, as it is stored. */
export const Content = v.variant("contentType", [
  v.object({ contentType: v.literal("text"), body: v.string() }),
  v.object({ contentType: v.literal("image"), mediaType: v.string(), data: Binary }),
  v.object({ contentType: v.literal("attachment"), fileName: v.string(), data: Binary }),
  v.object({
    contentType: v.literal("reasoning"),
    text: v.string(),
    signature: v.string(),
    /** Base64. */
    redactedContent: v.string(),
  }),
]);
export type Content = v.InferOutput<typeof Content>;

/** One part of a message, as it arrives: its bytes decoded and checked. */
export type NewContent =
  | { contentType: "text"; body: string }
  | { contentType: "image"; mediaType: string; bytes: Uint8Array }
  | { contentType: "attachment"; fileName: string; bytes: Uint8Array };

/** The text of a message, its parts joined by blank lines. */
export const textOf = (
  content: readonly (Content | NewContent | { contentType: "text"; body: string })[],
): string =>
  content.flatMap((part) => (part.contentType === "text" ? [part.body] : [])).join("\n\n");

/**
 * What a run says is not there any more, as its time was over or it was deleted; or it cannot be read.
 */
export class PayloadMissing extends Error {
  override name = "PayloadMissing";
}

/** @throws PayloadMissing */
export async function bytesOf(objects: ObjectStore, data: Binary): Promise<Uint8Array> {
  if (data.path === null) return Buffer.from(data.base64 ?? "", "base64");
  const bytes = await objects.get(data.path);
  if (!bytes) throw new PayloadMissing(`The object ${data.path} of a run is missing.`);
  return bytes;
}

/** The same in base64, without going through bytes where it is stored so. */
export const base64Of = async (objects: ObjectStore, data: Binary): Promise<string> =>
  data.base64 ?? Buffer.from(await bytesOf(objects, data)).toString("base64");
