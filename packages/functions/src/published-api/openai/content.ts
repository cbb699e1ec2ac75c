import type { NewContent } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import * as v from "valibot";
import { MessageContent } from "../native/content.ts";
import * as Text from "@outlet/core/foundation/text";

/** What is wrong with a request to `/v1`, and where: `messages[0].content[1]`. */
export const invalid = (param: string, message: string): Problem.ProblemError =>
  new Problem.ProblemError("invalid_request", { message: `${param}: ${message}`, param });

const notHere = (param: string, message: string): Problem.ProblemError =>
  new Problem.ProblemError("unsupported_parameter", { message: `${param}: ${message}`, param });

/** One part as the native face spells it, which checks it. */
type NativePart =
  | { contentType: "text"; body: string }
  | { contentType: "image"; mediaType: string; body: string }
  | { contentType: "attachment"; fileName: string; body: string };

const Url = v.union([v.string(), v.object({ url: v.string() })]);

/**
 * Parts of both dialects. Members that are not looked at (ids, annotations, `detail`, cache marks)
 * come back from clients with earlier answers and are no error.
 */
const Part = v.union([
  v.object({
    type: v.picklist(["text", "input_text", "output_text"]),
    text: v.string(),
  }),
  v.object({ type: v.literal("refusal"), refusal: v.string() }),
  v.object({
    type: v.picklist(["image_url", "input_image"]),
    image_url: v.nullish(Url),
    file_id: v.nullish(v.string()),
  }),
  v.object({
    type: v.literal("input_file"),
    filename: v.nullish(v.string()),
    file_data: v.nullish(v.string()),
    file_url: v.nullish(v.string()),
    file_id: v.nullish(v.string()),
  }),
  v.object({
    type: v.literal("file"),
    file: v.object({
      filename: v.nullish(v.string()),
      file_data: v.nullish(v.string()),
      file_id: v.nullish(v.string()),
    }),
  }),
]);

const partsMax = 100;

/**
 * What one message says. Text of an assistant counts and nothing else of it: pictures that a model
 * drew elsewhere are not shown to this one.
 * @throws ProblemError naming the part.
 */
export function contentOf(
  value: unknown,
  param: string,
  role: "user" | "assistant" | "developer",
): NewContent[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string") return check([{ contentType: "text", body: value }], param);
  if (!Array.isArray(value)) throw invalid(param, "must be a string or an array of parts");
  if (value.length > partsMax) throw invalid(param, `must have at most ${partsMax} parts`);
  const parts = value.map((part, index) => toNative(part, `${param}[${index}]`));
  return check(role === "user" ? parts : parts.filter(isText), param);
}

const isText = (part: NativePart): boolean => part.contentType === "text";

/** By the native face's own rules: bytes have to be what they are said to be. */
function check(parts: NativePart[], param: string): NewContent[] {
  // Clients send empty text beside pictures and files.
  const said = parts.filter((part) => part.contentType !== "text" || Text.isVisible(part.body));
  const parsed = v.safeParse(MessageContent, said);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const keys = (issue.path ?? []).map(({ key }) => key);
  const at =
    typeof keys[0] === "number" ? parts.indexOf(said[keys[0]] ?? (parts[0] as NativePart)) : -1;
  throw invalid(at < 0 ? param : `${param}[${at}]`, issue.message);
}

function toNative(value: unknown, param: string): NativePart {
  const type = typeOf(value);
  if (type === "input_audio" || type === "audio") throw notHere(param, "audio is not taken here");
  const parsed = v.safeParse(Part, value);
  if (!parsed.success) {
    throw invalid(
      param,
      `must be a text, an image or a file, not ${type ? `a part of type "${Text.cut(type, 40)}"` : "this"}`,
    );
  }
  const part = parsed.output;
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      return { contentType: "text", body: part.text };
    case "refusal":
      return { contentType: "text", body: part.refusal };
    case "image_url":
    case "input_image":
      return toImage(part, param);
    case "input_file":
      return toFile(part, param);
    case "file":
      return toFile(part.file, param);
  }
}

const typeOf = (value: unknown): string | undefined => {
  const type =
    typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  return typeof type === "string" ? type : undefined;
};

/** RFC 2397, as clients write it: always base64. */
function dataUrl(text: string): { mediaType: string; body: string } | undefined {
  const match = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+)?((?:;[a-z0-9-]+=[^;,]*)*);base64,/i.exec(
    Text.cut(text, 300),
  );
  return match
    ? { mediaType: (match[1] ?? "").toLowerCase(), body: text.slice(match[0].length) }
    : undefined;
}

function toImage(
  part: {
    image_url?: v.InferOutput<typeof Url> | null | undefined;
    file_id?: string | null | undefined;
  },
  param: string,
): NativePart {
  const url = typeof part.image_url === "string" ? part.image_url : part.image_url?.url;
  if (!url) throw notHere(param, "files are not stored here: send the image as a data URL");
  const data = dataUrl(url);
  if (!data)
    throw notHere(
      param,
      "send the image as a data URL (data:image/png;base64,…); addresses are not fetched",
    );
  return { contentType: "image", mediaType: data.mediaType, body: data.body };
}

const extensions = new Map(
  Object.entries({
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
  }),
);

function toFile(
  part: {
    filename?: string | null | undefined;
    file_data?: string | null | undefined;
    file_url?: string | null | undefined;
    file_id?: string | null | undefined;
  },
  param: string,
): NativePart {
  if (!part.file_data) {
    throw notHere(
      param,
      "send the file in file_data; addresses are not fetched, and files are not stored here",
    );
  }
  const data = dataUrl(part.file_data) ?? { mediaType: "", body: part.file_data };
  const known = extensions.get(data.mediaType);
  const name = part.filename?.trim() || "file";
  const fileName = known && !/\.[A-Za-z0-9]{2,4}$/.test(name) ? `${name}.${known}` : name;
  return { contentType: "attachment", fileName, body: data.body };
}
