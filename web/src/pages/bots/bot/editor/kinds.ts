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

/** For a file dialog. */
export const accepted = endings.map((ending) => `.${ending}`).join(",");
