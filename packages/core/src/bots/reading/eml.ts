import PostalMime from "postal-mime";
import { broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { readHtml } from "./html.ts";
import { oneLine, tidy } from "./plain.ts";
import { readText } from "./text.ts";
import * as Text from "../../foundation/text/index.ts";

/** A message of electronic mail: who, when, about what, and its text. Attachments are named only. */
export async function readEml(bytes: Uint8Array, builder: DocumentBuilder): Promise<void> {
  const mail = await parse(bytes);
  builder.title(mail.subject ?? "");
  if (mail.subject) builder.heading(1, mail.subject);
  const lines = [
    ["From", mail.from && person(mail.from)],
    [
      "To",
      mail.to
        ?.filter((_, at) => at < 20)
        .map(person)
        .join(", "),
    ],
    ["Date", mail.date],
  ].flatMap(([name, value]) => (value ? [`${name}: ${oneLine(value)}`] : []));
  if (lines.length > 0) builder.paragraph(lines.join("\n"));
  if (mail.text && mail.text.trim() !== "") readText(tidy(mail.text), builder);
  else if (mail.html) readHtml(tidy(mail.html), builder);
  const names = mail.attachments.flatMap(({ filename }) => (filename ? [oneLine(filename)] : []));
  if (names.length > 0) {
    builder.note(`Attachments were left out: ${Text.cut(names.slice(0, 20).join(", "), 500)}.`);
  }
}

async function parse(bytes: Uint8Array) {
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth: 50, maxHeadersSize: 1024 * 1024 });
  } catch (error) {
    throw broken(error);
  }
}

const person = ({ name, address }: { name?: string; address?: string | undefined }): string =>
  [name, address && `<${address}>`].filter(Boolean).join(" ");
