import type { Source } from "../queries.ts";

/** Endings of the files that are read, as the API knows them: compared by the test beside this. */
export const endings = [
  "pdf",
  "docx",
  "docm",
  "dotx",
  "pptx",
  "pptm",
  "ppsx",
  "xlsx",
  "xlsm",
  "odt",
  "ott",
  "ods",
  "ots",
  "odp",
  "otp",
  "html",
  "htm",
  "xhtml",
  "md",
  "markdown",
  "csv",
  "tsv",
  "tab",
  "json",
  "jsonl",
  "ndjson",
  "rtf",
  "epub",
  "eml",
  "txt",
  "text",
  "log",
];

/** What is text as it stands, so that it can be read and changed here, up to so many bytes. */
const textual = ["text", "markdown", "html", "csv", "tsv", "json"] satisfies Source["kind"][];
const editableMax = 1_000_000;
export const isEditable = ({ kind, bytes }: Pick<Source, "kind" | "bytes">): boolean =>
  textual.some((one) => one === kind) && bytes <= editableMax;

/** For a file dialog. */
export const accepted = endings.map((ending) => `.${ending}`).join(",");
