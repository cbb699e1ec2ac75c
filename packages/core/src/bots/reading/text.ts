import type { DocumentBuilder } from "./builder.ts";

/** Plain text: paragraphs apart at blank lines. Where there are none, the whole is one. */
export function readText(source: string, builder: DocumentBuilder): void {
  let open: string[] = [];
  for (const line of source.split("\n")) {
    if (line.trim() !== "") {
      open.push(line);
      continue;
    }
    builder.paragraph(open.join("\n"));
    open = [];
  }
  builder.paragraph(open.join("\n"));
}
