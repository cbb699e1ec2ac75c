import type { NewContent } from "@outlet/core/conversations/run";
import * as Text from "@outlet/core/foundation/text";
import * as v from "valibot";
import { encodingOf, formatOf, isProtected, normalise } from "./file-format.ts";

const TextPart = v.strictObject({
  contentType: v.literal("text"),
  body: v.pipe(v.string(), v.check(Text.isVisible, "must have a character that can be seen")),
});

/** Strict base64 (RFC 4648 §4): whatever decodes to other bytes than it seems to is refused. */
const Base64 = v.pipe(
  v.string(),
  v.minLength(1, "must not be empty"),
  v.transform((text) => ({ text, bytes: Buffer.from(text, "base64") })),
  v.check(
    ({ text, bytes }) => bytes.toString("base64") === text,
    "must be standard base64 with padding, without spaces or line breaks",
  ),
  v.transform(({ bytes }): Uint8Array => bytes),
);

const imageTypes = new Map(
  Object.entries({
    "image/gif": "gif",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
  }),
);

const Image = v.pipe(
  v.strictObject({
    contentType: v.literal("image"),
    mediaType: v.pipe(
      v.string(),
      // RFC 9110 §8.3.1: parameters say nothing of a picture.
      v.transform((type) => (type.split(";", 1)[0] ?? "").trim()),
      v.check(
        (type) => imageTypes.has(type.toLowerCase()),
        "must be image/gif, image/jpeg, image/png or image/webp",
      ),
    ),
    body: Base64,
  }),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): NewContent => {
    const said = imageTypes.get(value.mediaType.toLowerCase());
    const found = formatOf(value.body);
    if (found !== said) {
      addIssue({
        message: `is not of the media type ${value.mediaType}; its bytes are ${found ?? "of no known kind"}`,
        path: [{ type: "object", origin: "value", input: value, key: "body", value: null }],
      });
      return NEVER;
    }
    const mediaType = `image/${found}`;
    return { contentType: "image", mediaType, bytes: value.body };
  }),
);

const binaryFormats = ["pdf", "doc", "docx", "xls", "xlsx"];
const textFormats = ["csv", "html", "txt", "md"];
const formats = [...binaryFormats, ...textFormats];

/** The last part of a path, without what a file system or a terminal would mind. */
const FileName = v.pipe(
  v.string(),
  v.transform((name) => (name.split(/[/\\]/).at(-1) ?? "").replace(/\p{C}/gu, "").trim()),
  v.maxLength(200, "must have at most 200 characters"),
  v.check(
    (name) => formats.includes(extensionOf(name)) && name.lastIndexOf(".") > 0,
    `must be a file name that ends in ${formats.map((format) => `.${format}`).join(", ")}`,
  ),
);

const extensionOf = (name: string): string => name.slice(name.lastIndexOf(".") + 1).toLowerCase();

const Attachment = v.pipe(
  v.strictObject({ contentType: v.literal("attachment"), fileName: FileName, body: Base64 }),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): NewContent => {
    const said = extensionOf(value.fileName);
    const bytes = normalise(value.body);
    const found = formatOf(bytes);
    const isText = textFormats.includes(said);
    if (isText ? found !== "text" : found !== said) {
      const encoding = isText && found === undefined ? encodingOf(bytes) : undefined;
      addIssue({
        message: encoding
          ? `is text, but not in UTF-8: it seems to be ${encoding}. Save ${value.fileName} as UTF-8`
          : isProtected(bytes)
            ? `is protected by a password. Save ${value.fileName} without one`
            : `is not what the file name ${value.fileName} says; its bytes are ${found ?? "of no known kind"}`,
        path: [{ type: "object", origin: "value", input: value, key: "body", value: null }],
      });
      return NEVER;
    }
    return { contentType: "attachment", fileName: value.fileName, bytes };
  }),
);

/** Valid in the prior art's schema, but never of sense from a client: they come from a model. */
const modelsOwn = ["toolUse", "toolResult", "reasoning"];

const Part = v.lazy((input) => {
  const type =
    typeof input === "object" && input !== null && "contentType" in input
      ? input.contentType
      : undefined;
  return modelsOwn.includes(String(type)) ? OfAModel : Sendable;
});

const Sendable = v.variant(
  "contentType",
  [TextPart, Image, Attachment],
  'contentType must be "text", "image" or "attachment"',
);

const OfAModel = v.pipe(
  v.looseObject({ contentType: v.string() }),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): NewContent => {
    addIssue({
      message: `${value.contentType} comes from a model; send text, images and attachments only`,
      path: [
        {
          type: "object",
          origin: "value",
          input: value,
          key: "contentType",
          value: value.contentType,
        },
      ],
    });
    return NEVER;
  }),
);

const countOf = (content: NewContent[], type: NewContent["contentType"]): number =>
  content.filter((part) => part.contentType === type).length;

/** More than the largest window of a model, with room to spare for those to come. */
const charactersMax = 2_000_000;

const charactersOf = (content: NewContent[]): number =>
  content.reduce((sum, part) => sum + (part.contentType === "text" ? part.body.length : 0), 0);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
export const MessageContent = v.pipe(
  v.array(Part),
  v.maxLength(100, "must have at most 100 parts"),
  v.check(
    (content) => charactersOf(content) <= charactersMax,
    // Worded when it is needed: numbers in words load the tables of languages.
    () =>
      `must have at most ${charactersMax.toLocaleString("en")} characters of text in all its parts`,
  ),
  v.check((content) => countOf(content, "image") <= 20, "must have at most 20 images"),
  v.check((content) => countOf(content, "attachment") <= 5, "must have at most 5 attachments"),
  v.check(
    (content) => countOf(content, "attachment") === 0 || countOf(content, "text") > 0,
    "must have a text part beside its attachments",
  ),
);
