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
  if (pdfStart(bytes) !== undefined) return "pdf";
  if (holds(0, zip)) return officeOpenXml(bytes);
  if (holds(0, compound)) return compoundDocument(bytes);
  return isText(bytes) ? "text" : undefined;
}

/** What programs put before a PDF's header: a byte order mark, line breaks and spaces. */
const beforePdf = /^(?:\xef\xbb\xbf)?[\0\t\n\f\r ]{0,1000}%PDF-/;

/** Where a PDF begins; readers look for its header within the first 1,024 bytes. */
function pdfStart(bytes: Buffer): number | undefined {
  const head = beforePdf.exec(bytes.toString("latin1", 0, 1_024))?.[0];
  return head === undefined ? undefined : head.length - "%PDF-".length;
}

/**
 * The bytes as models read them: a PDF from its header on, text in UTF-8 where a mark says what it
 * is in.
 */
export function normalise(input: Uint8Array): Uint8Array {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const start = pdfStart(bytes);
  if (start !== undefined) return bytes.subarray(start);
  const marked = marks.find(([mark]) => bytes.subarray(0, mark.length).equals(mark));
  if (!marked) return bytes;
  const [mark, encoding] = marked;
  try {
    return Buffer.from(
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(mark.length)),
    );
  } catch {
    // It is not what its mark says.
    return bytes;
  }
}

/** https://encoding.spec.whatwg.org/#bom-sniff */
const marks: readonly [Buffer, string][] = [
  [latin1("\xef\xbb\xbf"), "utf-8"],
  [latin1("\xff\xfe"), "utf-16le"],
  [latin1("\xfe\xff"), "utf-16be"],
];

/** What bytes seem to be that are no UTF-8; a guess, for the words of a refusal. */
export function encodingOf(input: Uint8Array): string | undefined {
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x08\x0e-\x19\x1c-\x1f]/.test(Buffer.from(input).toString("latin1"))) return undefined;
  const high = input.filter((byte) => byte >= 0x80).length;
  const visible = input.filter((byte) => byte > 0x20).length;
  // Text of Europe has few accents among its letters; that of East Asia has two bytes a character.
  if (high * 5 < visible * 2) return "windows-1252";
  return eastAsian.find(([encoding, pattern]) => reads(input, encoding, pattern))?.[0];
}

const eastAsian: readonly [string, RegExp][] = [
  ["Shift_JIS", /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{P}\p{N}\p{S}\s\w]*$/u],
  ["EUC-KR", /^[\p{sc=Hang}\p{P}\p{N}\p{S}\s\w]*$/u],
  ["GB18030", /^[\p{sc=Han}\p{P}\p{N}\p{S}\s\w]*$/u],
  ["EUC-JP", /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{P}\p{N}\p{S}\s\w]*$/u],
];

function reads(bytes: Uint8Array, encoding: string, pattern: RegExp): boolean {
  try {
    return pattern.test(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

/** ECMA-376 part 2: names of parts stand uncompressed in the archive's headers. */
function officeOpenXml(bytes: Buffer): Format | undefined {
  if (!bytes.includes("[Content_Types].xml", 0, "latin1")) return undefined;
  if (bytes.includes("word/document", 0, "latin1")) return "docx";
  return bytes.includes("xl/workbook", 0, "latin1") ? "xlsx" : undefined;
}

/** [MS-OFFCRYPTO] §2.3.4: an archive of Office, encrypted, lies in a compound file. */
export const isProtected = (input: Uint8Array): boolean => {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return bytes.subarray(0, 8).equals(compound) && bytes.includes(utf16("EncryptedPackage"));
};

/** [MS-DOC] §2.1 and [MS-XLS] §2.1: the streams that every such document has. */
function compoundDocument(bytes: Buffer): Format | undefined {
  if (bytes.includes(utf16("WordDocument"))) return "doc";
  return bytes.includes(utf16("Workbook")) || bytes.includes(utf16("Book\0")) ? "xls" : undefined;
}

function isText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Tab, line feed, form feed and carriage return are what texts are made of; DOS ends them with
    // a ^Z, and logs are coloured with escapes.
    // oxlint-disable-next-line no-control-regex
    return !/[\x00-\x08\x0b\x0e-\x19\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}
