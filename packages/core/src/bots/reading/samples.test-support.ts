/** Files of programs, made by hand: as small as a reader of them accepts. */
import { deflateSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";

type Parts = Record<string, string | Uint8Array | [Uint8Array, { level: 0 }]>;

export const zip = (parts: Parts): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        typeof part === "string" ? strToU8(part) : part,
      ]),
    ),
  );

const relationships = (all: [id: string, type: string, target: string, external?: boolean][]) =>
  `<Relationships>${all
    .map(
      ([id, type, target, external]) =>
        `<Relationship Id="${id}" Type="http://x/${type}" Target="${target}"${external ? ' TargetMode="External"' : ""}/>`,
    )
    .join("")}</Relationships>`;

/** A document of Word around the body's markup. */
export const docx = (body: string, more: Parts = {}): Uint8Array =>
  zip({
    "word/document.xml": `<w:document xmlns:w="w" xmlns:r="r"><w:body>${body}</w:body></w:document>`,
    "word/styles.xml": `<w:styles xmlns:w="w">
      <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
      <w:style w:styleId="Own"><w:name w:val="Mine"/><w:basedOn w:val="berschrift1"/></w:style>
      <w:style w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>`,
    "word/_rels/document.xml.rels": relationships([
      ["r1", "hyperlink", "https://x.example/terms", true],
    ]),
    ...more,
  });

export const wordParagraph = (text: string, style?: string): string =>
  `<w:p>${style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : ""}<w:r><w:t>${text}</w:t></w:r></w:p>`;

/** A presentation of slides around the markup of their shapes, shown in the order given. */
export function pptx(slides: string[], notes: Record<number, string> = {}): Uint8Array {
  const parts: Parts = {};
  const wrap = (shapes: string) => `<p:sld xmlns:p="p" xmlns:a="a">${shapes}</p:sld>`;
  // Parts are numbered against the order, as after slides were moved.
  const partOf = (i: number) => slides.length - i;
  for (const [i, shapes] of slides.entries()) {
    const note = notes[i];
    parts[`ppt/slides/slide${partOf(i)}.xml`] = wrap(shapes);
    if (note === undefined) continue;
    parts[`ppt/notesSlides/n${i}.xml`] = wrap(note);
    parts[`ppt/slides/_rels/slide${partOf(i)}.xml.rels`] = relationships([
      ["n1", "notesSlide", `../notesSlides/n${i}.xml`],
    ]);
  }
  return zip({
    "ppt/presentation.xml": `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${slides
      .map((_, i) => `<p:sldId r:id="r${i}"/>`)
      .join("")}</p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relationships(
      slides.map((_, i) => [`r${i}`, "slide", `slides/slide${partOf(i)}.xml`]),
    ),
    ...parts,
  });
}

export const shape = (holder: string, ...paragraphs: string[]): string =>
  `<p:sp><p:nvPr><p:ph type="${holder}"/></p:nvPr><p:txBody>${paragraphs
    .map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`)
    .join("")}</p:txBody></p:sp>`;

/** A workbook of sheets around the markup of their rows. */
export function xlsx(
  sheets: { name: string; rows: string; state?: string }[],
  more: { strings?: string[]; date1904?: boolean } = {},
): Uint8Array {
  const parts: Parts = {};
  for (const [i, { rows }] of sheets.entries()) {
    parts[`xl/worksheets/s${i}.xml`] = `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
  }
  return zip({
    "xl/workbook.xml": `<workbook xmlns:r="r"><workbookPr date1904="${more.date1904 ? 1 : 0}"/><sheets>${sheets
      .map(
        ({ name, state }, i) =>
          `<sheet name="${name}" r:id="r${i}"${state ? ` state="${state}"` : ""}/>`,
      )
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      sheets.map((_, i) => [`r${i}`, "worksheet", `worksheets/s${i}.xml`]),
    ),
    "xl/sharedStrings.xml": `<sst>${(more.strings ?? []).map((text) => `<si>${text}</si>`).join("")}</sst>`,
    "xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/></numFmts>
      <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
      <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="22"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
    ...parts,
  });
}

/** Of all its parts the first is not packed: programs know the kind of a file by it. */
const openDocument =
  (kind: string) =>
  (body: string, more: Parts = {}): Uint8Array =>
    zip({
      mimetype: [strToU8(`application/vnd.oasis.opendocument.${kind}`), { level: 0 }],
      "content.xml": `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:xlink="x"><office:body>${body}</office:body></office:document-content>`,
      ...more,
    });

export const odt = openDocument("text");
export const ods = openDocument("spreadsheet");
export const odp = openDocument("presentation");

export const epub = (chapters: string[], more: Parts = {}): Uint8Array =>
  zip({
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    "OEBPS/book.opf": `<package xmlns:dc="d"><metadata><dc:title>Book</dc:title></metadata><manifest>
      <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
      ${chapters.map((_, i) => `<item id="c${i}" href="c%20${i}.xhtml" media-type="application/xhtml+xml"/>`).join("")}
      </manifest><spine><itemref idref="nav"/>${chapters.map((_, i) => `<itemref idref="c${i}"/>`).join("")}</spine></package>`,
    "OEBPS/nav.xhtml": "<html><body><p>Contents</p></body></html>",
    ...Object.fromEntries(
      chapters.map((body, i) => [
        `OEBPS/c ${i}.xhtml`,
        `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html><head><title>c</title></head><body>${body}</body></html>`,
      ]),
    ),
    ...more,
  });

export interface PdfPage {
  /** Operators of the content stream: text in `/F1` (Helvetica) or `/F2` (Japanese, not embedded). */
  content: string;
}

/** A PDF file; `/Outlines` and page labels as asked. */
export function pdf(
  pages: PdfPage[],
  options: { outline?: { title: string; page: number }[]; labels?: string; deflated?: number } = {},
): Uint8Array {
  const bodies: (string | Buffer)[] = [];
  const add = (body: string | Buffer): number => bodies.push(body);
  const first = 7 + 2 * pages.length;
  const outline = options.outline ?? [];
  const kids = pages.map((_, i) => `${7 + 2 * i} 0 R`).join(" ");
  add(
    `<</Type/Catalog/Pages 2 0 R${outline.length > 0 ? `/Outlines ${first} 0 R` : ""}${options.labels ? `/PageLabels ${options.labels}` : ""}>>`,
  );
  add(`<</Type/Pages/Kids[${kids}]/Count ${pages.length}>>`);
  add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
  add(
    "<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/90ms-RKSJ-H/DescendantFonts[5 0 R]>>",
  );
  add(
    "<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 6 0 R>>",
  );
  add(
    "<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
  );
  for (const { content } of pages) {
    add(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents ${bodies.length + 2} 0 R/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>>>`,
    );
    add(stream(content, options.deflated ?? 0));
  }
  if (outline.length > 0) {
    add(`<</Type/Outlines/First ${first + 1} 0 R/Last ${first + outline.length} 0 R>>`);
    for (const [i, { title, page }] of outline.entries()) {
      const next = i + 1 < outline.length ? `/Next ${first + 2 + i} 0 R` : "";
      add(`<</Title(${title})/Parent ${first} 0 R/Dest[${7 + 2 * (page - 1)} 0 R/Fit]${next}>>`);
    }
  }
  return assemble(bodies);
}

function stream(content: string, deflated: number): Buffer {
  let data: Buffer = Buffer.from(content, "latin1");
  for (let i = 0; i < deflated; i++) data = deflateSync(data, { level: 9 });
  const filter = deflated > 0 ? `/Filter[${"/FlateDecode ".repeat(deflated)}]` : "";
  return Buffer.concat([
    Buffer.from(`<</Length ${data.length}${filter}>>\nstream\n`),
    data,
    Buffer.from("\nendstream"),
  ]);
}

function assemble(bodies: (string | Buffer)[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from("%PDF-1.7\n%\xe2\xe3\n", "latin1")];
  let offset = parts[0]?.length ?? 0;
  const offsets = bodies.map((body, i) => {
    const object = Buffer.concat([
      Buffer.from(`${i + 1} 0 obj\n`),
      Buffer.from(body as string, "latin1"),
      Buffer.from("\nendobj\n"),
    ]);
    parts.push(object);
    const at = offset;
    offset += object.length;
    return at;
  });
  const rows = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(
    Buffer.from(
      `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size ${bodies.length + 1}/Root 1 0 R>>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** Operators that set lines one under the other, from the top. */
export const pdfLines = (
  lines: string[],
  options: { size?: number; top?: number } = {},
): string => {
  const { size = 11, top = 780 } = options;
  const set = lines.map((line) => `(${line.replace(/[\\()]/g, "\\$&")}) Tj T*`).join("\n");
  return `BT /F1 ${size} Tf ${size * 1.2} TL 72 ${top} Td\n${set}\nET\n`;
};
