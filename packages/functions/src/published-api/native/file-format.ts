/** What bytes are, as far as they can be sent: `text` is valid UTF-8 without control characters. */
export type Format =
  | "gif"
  | "jpeg"
  | "png"
  | "webp"
  | "pdf"
  | "doc"
  | "docx"
  | "xls"
  | "xlsx"
  | "text";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** Signatures at fixed places: https://www.iana.org/assignments/media-types/ and the formats' own specifications. */
const signatures: readonly [Format, ...(readonly [at: number, bytes: Buffer])[]][] = [
  ["gif", [0, latin1("GIF87a")]],
  ["gif", [0, latin1("GIF89a")]],
  ["jpeg", [0, latin1("\xff\xd8\xff")]],
  ["png", [0, latin1("\x89PNG\r\n\x1a\n")]],
  ["webp", [0, latin1("RIFF")], [8, latin1("WEBP")]],
  ["pdf", [0, latin1("%PDF-")]],
];

const zip = latin1("PK\x03\x04");
/** Compound File Binary Format, [MS-CFB] §2.2. */
const compound = latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
const utf16 = (name: string): Buffer => Buffer.from(name, "utf16le");

/** Told by content alone: names and media types are claims. `undefined` for what is none of these. */
export function formatOf(input: Uint8Array): Format | undefined {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const holds = (at: number, part: Buffer) => bytes.subarray(at, at + part.length).equals(part);
  for (const [format, ...parts] of signatures) {
    if (parts.every(([at, part]) => holds(at, part))) return format;
  }
  if (holds(0, zip)) return officeOpenXml(bytes);
  if (holds(0, compound)) return compoundDocument(bytes);
  return isText(bytes) ? "text" : undefined;
}

/** ECMA-376 part 2: names of parts stand uncompressed in the archive's headers. */
function officeOpenXml(bytes: Buffer): Format | undefined {
  if (!bytes.includes("[Content_Types].xml", 0, "latin1")) return undefined;
  if (bytes.includes("word/document", 0, "latin1")) return "docx";
  return bytes.includes("xl/workbook", 0, "latin1") ? "xlsx" : undefined;
}

/** [MS-DOC] §2.1 and [MS-XLS] §2.1: the streams that every such document has. */
function compoundDocument(bytes: Buffer): Format | undefined {
  if (bytes.includes(utf16("WordDocument"))) return "doc";
  return bytes.includes(utf16("Workbook")) || bytes.includes(utf16("Book\0")) ? "xls" : undefined;
}

function isText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Tab, line feed, form feed and carriage return are what texts are made of.
    // oxlint-disable-next-line no-control-regex
    return !/[\x00-\x08\x0b\x0e-\x1f]/.test(text);
  } catch {
    return false;
  }
}
