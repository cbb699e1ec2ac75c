import { Unreadable } from "../../ports/index.ts";

/** Formats of programs, which hold text in their own way. */
export const programs = [
  "pdf",
  "docx",
  "pptx",
  "xlsx",
  "odt",
  "ods",
  "odp",
  "rtf",
  "epub",
  "eml",
] as const;

/** What a file is read as. */
export const kinds = ["text", "markdown", "html", "csv", "tsv", "json", ...programs] as const;
export type Kind = (typeof kinds)[number];

/** Endings of file names that are known, in the order in which they are told to people. */
export const endings = new Map(
  Object.entries<Kind>({
    pdf: "pdf",
    docx: "docx",
    docm: "docx",
    dotx: "docx",
    pptx: "pptx",
    pptm: "pptx",
    ppsx: "pptx",
    xlsx: "xlsx",
    xlsm: "xlsx",
    odt: "odt",
    ott: "odt",
    ods: "ods",
    ots: "ods",
    odp: "odp",
    otp: "odp",
    html: "html",
    htm: "html",
    xhtml: "html",
    md: "markdown",
    markdown: "markdown",
    csv: "csv",
    tsv: "tsv",
    tab: "tsv",
    json: "json",
    jsonl: "json",
    ndjson: "json",
    rtf: "rtf",
    epub: "epub",
    eml: "eml",
    txt: "text",
    text: "text",
    log: "text",
  }),
);

const mediaTypes = new Map(
  Object.entries<Kind>({
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "message/rfc822": "eml",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/jsonl": "json",
    "application/x-ndjson": "json",
    "text/plain": "text",
  }),
);

const endingOf = (name: string): string | undefined =>
  /\.([a-z0-9]{1,8})$/i.exec(name.trim())?.[1]?.toLowerCase();

/** By its name, or by what it was sent as. */
export function kindOfName(name: string, mediaType?: string): Kind | undefined {
  const ending = endingOf(name);
  const sent = mediaTypes.get(mediaType?.split(";")[0]?.trim().toLowerCase() ?? "");
  return (ending === undefined ? undefined : endings.get(ending)) ?? sent;
}

/** Named as something that no reader here knows: said before it is uploaded. */
const refused = new Map(
  Object.entries({
    doc: "Save it as .docx or .pdf",
    xls: "Save it as .xlsx or .csv",
    ppt: "Save it as .pptx or .pdf",
    pages: "Export it as .docx or .pdf",
    numbers: "Export it as .xlsx or .csv",
    key: "Export it as .pptx or .pdf",
    msg: "Save it as .eml",
    zip: "Unpack it and upload its files one by one",
    ...Object.fromEntries(
      "rar 7z gz tar".split(" ").map((it) => [it, "Unpack it and upload its files one by one"]),
    ),
    ...Object.fromEntries(
      "png jpg jpeg gif webp tif tiff bmp heic mp3 mp4 mov avi wav"
        .split(" ")
        .map((it) => [it, "Upload the text that is in it"]),
    ),
    ...Object.fromEntries("exe dll bin iso".split(" ").map((it) => [it, "Upload a text"])),
  }),
);

/** Whether a file's name says that it is of a kind that nobody reads here. */
export const isRefused = (name: string): boolean => refused.has(endingOf(name) ?? "");

/** What to do about a file that is of a kind not read. */
export const wayOut = (name: string): string =>
  refused.get(endingOf(name) ?? "") ?? "Save it as .pdf, .docx or .txt";

/**
 * What a file is, by its first bytes where they tell, else by its name, else by its text.
 * @throws Unreadable where the bytes are those of something that is not read.
 */
export function kindOf(bytes: Uint8Array, name: string, mediaType?: string): Kind {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2_048));
  const named = kindOfName(name, mediaType);
  // Junk may stand before it; every reader looks for the mark in the first kilobyte.
  if (start.subarray(0, 1_100).includes("%PDF-")) return "pdf";
  if (start.toString("latin1", 0, 5) === "{\\rtf") return "rtf";
  if (start.toString("hex", 0, 4) === "504b0304") return kindOfZip(bytes, named, name);
  if (start.toString("hex", 0, 8) === "d0cf11e0a1b11ae1") throw oldOffice(bytes, name);
  if (isPicture(start)) {
    throw new Unreadable(
      "unsupported",
      "It is a picture. Pictures are not read; upload the text that is in it.",
    );
  }
  if (named === undefined) return kindOfText(start, name);
  if (binaries.has(named)) {
    throw new Unreadable(
      "broken",
      `Its name ends as that of a ${named} file, but it is none, or it is damaged. Open it in its own program, save it again, then upload that.`,
    );
  }
  return named;
}

const binaries = new Set<Kind>(["pdf", "docx", "pptx", "xlsx", "odt", "ods", "odp", "epub", "rtf"]);

function isPicture(start: Buffer): boolean {
  const hex = start.toString("hex", 0, 8);
  return /^(89504e47|ffd8ff|47494638|49492a00|4d4d002a)/.test(hex);
}

function kindOfZip(bytes: Uint8Array, named: Kind | undefined, name: string): Kind {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  // Names stand uncompressed, in the archive's list at its end at the latest.
  const has = (part: string) => all.includes(part);
  if (has("word/document.xml")) return "docx";
  if (has("ppt/presentation.xml")) return "pptx";
  if (has("xl/workbook.xml")) return "xlsx";
  if (has("mimetypeapplication/epub+zip") || has("META-INF/container.xml")) return "epub";
  if (has("mimetypeapplication/vnd.oasis.opendocument.text")) return "odt";
  if (has("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")) return "ods";
  if (has("mimetypeapplication/vnd.oasis.opendocument.presentation")) return "odp";
  if (named && binaries.has(named) && named !== "pdf" && named !== "rtf") return named;
  throw new Unreadable("unsupported", `Archives are not read. ${wayOut(name)}.`);
}

/** One container, two things: programs of before 2007, and new files under a password. */
function oldOffice(bytes: Uint8Array, name: string): Unreadable {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (all.includes(Buffer.from("EncryptedPackage", "utf16le"))) {
    return new Unreadable(
      "encrypted",
      "It is protected by a password. Remove the password, then upload it again.",
    );
  }
  return new Unreadable(
    "unsupported",
    `It is in an old format of Office that is not read. ${wayOut(name)}, then upload that.`,
  );
}

function kindOfText(start: Buffer, name: string): Kind {
  const text = start.toString("latin1").trimStart().toLowerCase();
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) return "html";
  const ending = endingOf(name);
  if (ending !== undefined && refused.has(ending)) {
    throw new Unreadable("unsupported", `Files of this kind are not read. ${wayOut(name)}.`);
  }
  return "text";
}
