import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Archive } from "./archive.ts";
import { type Document, Unreadable } from "../../ports/index.ts";
import { read } from "./index.ts";
import {
  docx,
  epub,
  odt,
  pdf,
  pdfLines,
  pptx,
  shape,
  wordParagraph,
  xlsx,
  zip,
} from "./samples.test-support.ts";

const readAs = (name: string, bytes: Uint8Array): Promise<Document> => read({ name, bytes });
const texts = async (name: string, bytes: Uint8Array) =>
  (await readAs(name, bytes)).blocks.map(({ text }) => text);
const placed = async (name: string, bytes: Uint8Array) =>
  (await readAs(name, bytes)).blocks.map(({ kind, text, place: { headings } }) => [
    kind,
    text,
    headings.join(" / "),
  ]);
const codeOf = async (name: string, bytes: Uint8Array): Promise<string> => {
  const error: unknown = await readAs(name, bytes).catch((cause: unknown) => cause);
  if (error instanceof Unreadable) return error.code;
  throw new Error(`${name} was read, or failed otherwise`, { cause: error });
};

describe("a document of Word", () => {
  test("is read under headings of whatever language", async () => {
    const body = [
      wordParagraph("Shop", "Titel"),
      wordParagraph("Returns", "berschrift1"),
      '<w:p><w:pPr><w:tabs><w:tab/></w:tabs><w:numPr/></w:pPr><w:r><w:t>Bring</w:t><w:tab/><w:t>it</w:t></w:r><w:r><w:br/><w:t xml:space="preserve">back</w:t></w:r></w:p>',
      wordParagraph("More", "Own"),
      '<w:p><w:hyperlink r:id="r1"><w:r><w:t>Terms</w:t></w:r></w:hyperlink></w:p>',
    ].join("");
    expect(await placed("a.docx", docx(body))).toEqual([
      ["heading", "Shop", ""],
      ["heading", "Returns", "Shop"],
      ["item", "Bring\tit\nback", "Shop / Returns"],
      ["heading", "More", "Shop"],
      ["paragraph", "Terms (https://x.example/terms)", "Shop / More"],
    ]);
  });

  test("is read as it is, not as it was: what was removed is not there", async () => {
    const body = `<w:p><w:r><w:t>Now </w:t></w:r><w:del><w:r><w:delText>then</w:delText></w:r></w:del>
      <w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>here</w:t></w:r></w:ins>
      <w:r><w:instrText>PAGE</w:instrText><w:constructor/></w:r></w:p>`;
    expect(await texts("a.docx", docx(body))).toEqual(["Now here"]);
  });

  test("gives tables by row, with the names that are marked or plain to see", async () => {
    const cell = (text: string) => `<w:tc>${wordParagraph(text)}</w:tc>`;
    const row = (cells: string[], head = "") => `<w:tr>${head}${cells.map(cell).join("")}</w:tr>`;
    const marked = `<w:tbl>${row(["Day", "Opens"], "<w:trPr><w:tblHeader/></w:trPr>")}${row(["Mon", "nine"])}</w:tbl>`;
    const plain = `<w:tbl>${row(["Item", "Price", "Unit"])}${row(["Tea", "3", "kg"])}</w:tbl>`;
    const pairs = `<w:tbl>${row(["Opens", "nine"])}${row(["Closes", "five"])}</w:tbl>`;
    expect(await texts("a.docx", docx(marked + plain + pairs))).toEqual([
      "Day: Mon; Opens: nine",
      "Item: Tea; Price: 3; Unit: kg",
      "Opens; nine",
      "Closes; five",
    ]);
  });

  test("has a text box once, and notes at its end", async () => {
    const box = `<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>${wordParagraph("Box")}</w:txbxContent></mc:Choice>
      <mc:Fallback><w:txbxContent>${wordParagraph("Box")}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Around</w:t></w:r></w:p>`;
    const notes = `<w:footnotes xmlns:w="w"><w:footnote>${wordParagraph("A note.")}</w:footnote></w:footnotes>`;
    expect(await texts("a.docx", docx(box, { "word/footnotes.xml": notes }))).toEqual([
      "Box",
      "Around",
      "A note.",
    ]);
  });
});

describe("a presentation", () => {
  test("is read slide by slide in the order of showing, with notes, without page numbers", async () => {
    const table =
      "<a:tbl><a:tr><a:tc><a:p><a:t>Day</a:t></a:p></a:tc><a:tc><a:p><a:t>Opens</a:t></a:p></a:tc></a:tr><a:tr><a:tc><a:p><a:t>Mon</a:t></a:p></a:tc><a:tc><a:p><a:t>nine</a:t></a:p></a:tc></a:tr></a:tbl>";
    const file = pptx(
      [shape("ctrTitle", "Welcome") + shape("body", "one", "two") + shape("sldNum", "1"), table],
      { 0: shape("body", "Smile") + shape("sldNum", "1") },
    );
    const { blocks, pages } = await readAs("a.pptx", file);
    expect(pages).toBe(2);
    expect(blocks.map(({ kind, text, place }) => [kind, text, place.slide])).toEqual([
      ["heading", "Welcome", 1],
      ["paragraph", "one\ntwo", 1],
      ["paragraph", "Notes: Smile", 1],
      ["row", "Day: Mon; Opens: nine", 2],
    ]);
  });
});

describe("a workbook", () => {
  const cell = (r: string, v: string, more = "") => `<c r="${r}"${more}><v>${v}</v></c>`;

  test("gives values as they look, by sheet and row", async () => {
    const rows = `<row r="1">${cell("A1", "0", ' t="s"')}</row>
      <row r="3">${cell("A3", "1", ' t="s"')}${cell("B3", "Price", ' t="str"')}${cell("C3", "From", ' t="str"')}${cell("D3", "Tax", ' t="str"')}${cell("E3", "At", ' t="str"')}</row>
      <row r="4"><c r="A4" t="inlineStr"><is><t>Tea</t></is></c>${cell("B4", "0.30000000000000004")}${cell("C4", "46082", ' s="1"')}${cell("D4", "0.19", ' s="2"')}${cell("E4", "0.375", ' s="4"')}</row>
      <row r="5">${cell("A5", "1", ' t="b"')}${cell("C5", "46082.5", ' s="3"')}${cell("B5", "90071992547409931")}</row>`;
    const strings = [
      "<t>Prices of spring</t>",
      "<r><t>It</t></r><r><t>em</t></r><rPh><t>イ</t></rPh>",
    ];
    const { blocks } = await readAs("a.xlsx", xlsx([{ name: "Spring", rows }], { strings }));
    expect(blocks.map(({ text, place }) => [text, place.sheet, place.row])).toEqual([
      ["Prices of spring", "Spring", undefined],
      ["Item: Tea; Price: 0.3; From: 2026-03-01; Tax: 19%; At: 09:00:00", "Spring", 4],
      ["Item: TRUE; Price: 90071992547409931; From: 2026-03-01 12:00:00", "Spring", 5],
    ]);
  });

  test("counts days from 1904 where a Mac made it", async () => {
    const rows = `<row r="1">${cell("A1", "0", ' s="1"')}${cell("B1", "44620", ' s="1"')}</row>`;
    const file = xlsx([{ name: "S", rows }], { date1904: true });
    expect(await texts("a.xlsx", file)).toEqual(["1904-01-01; 2026-03-01"]);
  });

  test("keeps columns apart that are far out, and hidden sheets to itself", async () => {
    const rows = `<row r="1">${cell("B1", "1")}${cell("XFD1", "2")}</row>`;
    const file = xlsx([
      { name: "A", rows },
      { name: "Staff", rows, state: "hidden" },
    ]);
    const { blocks, notes } = await readAs("a.xlsx", file);
    expect(blocks.map(({ text }) => text)).toEqual(["1; 2"]);
    expect(notes).toEqual(["Hidden sheets were left out: Staff."]);
  });
});

describe("other books and texts", () => {
  test("a text of LibreOffice", async () => {
    const body = `<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>
      <text:h text:outline-level="1">Fees</text:h>
      <text:p>One<text:s text:c="2"/>two<text:tab/>three <text:a xlink:href="https://x.example/">here</text:a></text:p>
      <text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>
      <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1000000"><text:p>b</text:p></table:table-cell></table:table-row></table:table>`;
    const all = await placed("a.odt", odt(body));
    expect(all.slice(0, 3)).toEqual([
      ["heading", "Fees", ""],
      ["paragraph", "One  two\tthree here (https://x.example/)", "Fees"],
      ["item", "item", "Fees"],
    ]);
    expect(all[3]?.[1]?.length).toBeLessThan(200);
  });

  test("an electronic book, chapter by chapter", async () => {
    const file = epub(["<h1>One</h1><p>A &amp; b<![CDATA[ c]]></p>", "<h1>Two</h1><p>D</p>"]);
    const { title } = await readAs("a.epub", file);
    expect(title).toBe("Book");
    expect(await placed("a.epub", file)).toEqual([
      ["heading", "One", ""],
      ["paragraph", "A & b c", "One"],
      ["heading", "Two", ""],
      ["paragraph", "D", "Two"],
    ]);
  });

  test("rich text in several character sets", async () => {
    const source = String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}{\f1\fcharset128 Mincho;}{\f2\fcharset204 Arial;}}{\info{\title no}}{\*\generator no;}
\pard\outlinelevel0 Fees\par\pard Gr\'fc\'dfe\constructor  \u8364?\endash {\v no}{\b bold}\par{\f1 \'93\'8c\'8b\'9e}\line{\f2 \'c4\'e0}\par
\trowd\intbl Mon\cell nine\cell\row\trowd\intbl Tue\cell ten\cell\row\pard {\pict 89504e}End\{\}.}`;
    expect(await placed("a.rtf", Buffer.from(source, "latin1"))).toEqual([
      ["heading", "Fees", ""],
      ["paragraph", "Grüße €–bold", "Fees"],
      ["paragraph", "東京\nДа", "Fees"],
      ["row", "Mon; nine", "Fees"],
      ["row", "Tue; ten", "Fees"],
      ["paragraph", "End{}.", "Fees"],
    ]);
  });

  test("a message, its attachments named", async () => {
    const source = [
      "Subject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=",
      "From: Ida <ida@x.example>",
      "Date: Fri, 27 Nov 2026 09:00:00 +0000",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: multipart/alternative; boundary=c",
      "",
      "--c",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "F=FCnf=20",
      "--c",
      "Content-Type: text/html",
      "",
      "<p>other</p>",
      "--c--",
      "--b",
      'Content-Disposition: attachment; filename="a.pdf"',
      "",
      "x",
      "--b--",
    ].join("\r\n");
    const { title, blocks, notes } = await readAs("a.eml", Buffer.from(source));
    expect(title).toBe("Größe");
    expect(blocks.map(({ text }) => text.trim())).toEqual([
      "Größe",
      "From: Ida <ida@x.example>\nDate: 2026-11-27T09:00:00.000Z",
      "Fünf",
    ]);
    expect(notes[0]).toContain("a.pdf");
  });
});

describe("a PDF file", () => {
  const body = (text: string) => pdfLines(Array.from({ length: 6 }, (_, i) => `${text} ${i + 1}.`));

  test("is read by page, with the number that is printed on it and headings by their size", async () => {
    const pages = [
      { content: pdfLines(["Fees"], { size: 20, top: 800 }) + body("All about fees, line") },
      { content: body("More about them, line") },
    ];
    const file = pdf(pages, { labels: "<</Nums[0<</S/r>>]>>" });
    const { blocks, pages: count } = await readAs("a.pdf", file);
    expect(count).toBe(2);
    expect(blocks[0]).toMatchObject({ kind: "heading", text: "Fees" });
    expect(blocks[1]?.place).toEqual({ page: 1, pageLabel: "i", headings: ["Fees"] });
    expect(blocks.at(-1)?.place).toEqual({ page: 2, pageLabel: "ii", headings: ["Fees"] });
    expect(blocks.at(-1)?.text).toContain("line 6.");
  });

  test("has the headings of its outline where it has one", async () => {
    const pages = [
      { content: pdfLines(["Before.", "", "", "Returns", "", "", "Free."]) },
      { content: body("No title here, line") },
    ];
    const outline = [
      { title: "Returns", page: 1 },
      { title: "Appendix", page: 2 },
    ];
    const all = await placed("a.pdf", pdf(pages, { outline }));
    expect(all.slice(0, 4)).toEqual([
      ["paragraph", "Before.", ""],
      ["heading", "Returns", ""],
      ["paragraph", "Free.", "Returns"],
      ["heading", "Appendix", ""],
    ]);
  });

  test("joins what was broken to fit a line", async () => {
    const wide = "This line runs to the right margin and its last word is cut in the mid-";
    const file = pdf([{ content: pdfLines([wide, "dle, as books do.", "Next"]) }]);
    expect((await texts("a.pdf", file))[0]).toBe(`${wide.slice(0, -1)}dle, as books do.\nNext`);
  });

  test("in Japanese needs no font of its own", async () => {
    // 90ms-RKSJ-H is Shift_JIS: 日本語.
    const content = "BT /F2 14 Tf 72 700 Td <93fa967b8cea> Tj ET";
    expect(await texts("a.pdf", pdf([{ content }]))).toEqual(["日本語"]);
  });

  test("tells each page as it is done", async () => {
    const pages = Array.from({ length: 3 }, () => ({ content: body("line") }));
    const seen: [number, number][] = [];
    const onPage = (page: number, of: number) => void seen.push([page, of]);
    await read({ name: "a.pdf", bytes: pdf(pages) }, { onPage });
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  test("of 500 pages is read whole", async () => {
    const pages = Array.from({ length: 500 }, (_, i) => ({ content: body(`Page ${i + 1}, line`) }));
    const all = await texts("manual.pdf", pdf(pages));
    expect(all).toHaveLength(500);
    expect(all[499]).toContain("Page 500, line 6.");
  });

  test("of pictures only says so, and says how many pages are blank", async () => {
    const picture = { content: "0 0 400 700 re f" };
    expect(await codeOf("a.pdf", pdf([picture, picture]))).toBe("scanned");
    const { notes } = await readAs("a.pdf", pdf([picture, picture, { content: body("line") }]));
    expect(notes[0]).toMatch(/2 of 3 pages/);
  });

  test("under a password, cut off or of noise is refused", async () => {
    const locked = readFileSync(new URL("./fixtures/password.pdf", import.meta.url));
    expect(await codeOf("a.pdf", locked)).toBe("encrypted");
    const whole = pdf([{ content: body("line") }]);
    expect(await codeOf("a.pdf", whole.subarray(0, 300))).toBe("broken");
    expect(await codeOf("a.pdf", Buffer.from("%PDF-1.4 ..."))).toBe("broken");
    expect(await codeOf("a.pdf", Buffer.from("no pdf at all"))).toBe("broken");
  });
});

describe("an archive that is made to hurt", () => {
  /** What an archive gives before it stops. */
  function unpack(bytes: Uint8Array, inflatedMax: number): { given: number; code: string } {
    let given = 0;
    try {
      new Archive(bytes, inflatedMax).read("part", (piece) => (given += piece.length));
    } catch (error) {
      if (error instanceof Unreadable) return { given, code: error.code };
      throw error;
    }
    throw new Error("It was unpacked.");
  }
  const megabyte = 1024 * 1024;
  const bomb = Buffer.from(zip({ part: Buffer.alloc(300 * megabyte) }));

  test("does not unpack without end", () => {
    expect(bomb.length).toBeLessThan(0.4 * megabyte);
    const { given, code } = unpack(bomb, 10 * megabyte);
    expect(code).toBe("inflates_too_much");
    expect(given).toBeLessThanOrEqual(10 * megabyte);
  });

  test("is not believed in what it says of its size", () => {
    const liar = Buffer.from(bomb);
    liar.writeUInt32LE(10, liar.lastIndexOf(Buffer.from("504b0102", "hex")) + 24);
    liar.writeUInt32LE(10, 22);
    expect(unpack(liar, 10 * megabyte).code).toBe("inflates_too_much");
  });

  test.each([
    [
      "entities of its own",
      '<!DOCTYPE a [<!ENTITY b "bbb">]><w:document xmlns:w="w">&b;</w:document>',
      "entities",
    ],
    ["elements too deep", `<w:document xmlns:w="w">${"<w:p>".repeat(100_000)}`, "too_deep"],
    ["markup that breaks off", '<w:document xmlns:w="w"><w:p>', "broken"],
    ["entities that nobody declared", '<w:document xmlns:w="w">&lol;</w:document>', "broken"],
  ])("with %s is refused", async (_what, document, code) => {
    expect(await codeOf("a.docx", zip({ "word/document.xml": document }))).toBe(code);
  });

  test("with ten thousand parts, without any, cut off, or enciphered is refused", async () => {
    const many = Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`p${i}`, ""]));
    const text = '<w:document xmlns:w="w"/>';
    expect(await codeOf("a.docx", zip({ ...many, "word/document.xml": text }))).toBe(
      "inflates_too_much",
    );
    const whole = docx(wordParagraph("text"));
    expect(await codeOf("a.docx", whole.subarray(0, whole.length - 30))).toBe("broken");
    const locked = Buffer.from(whole);
    const directory = locked.indexOf(Buffer.from("504b0102", "hex"));
    locked.writeUInt16LE(1, directory + 8);
    expect(await codeOf("a.docx", locked)).toBe("encrypted");
    const manifest = '<m:manifest xmlns:m="m"><m:encryption-data/></m:manifest>';
    expect(await codeOf("a.odt", odt("", { "META-INF/manifest.xml": manifest }))).toBe("encrypted");
  });

  test("cannot make much of one long text that its cells share", async () => {
    const rows = Array.from(
      { length: 3_000 },
      (_, i) => `<row r="${i + 1}"><c t="s"><v>0</v></c></row>`,
    ).join("");
    const file = xlsx([{ name: "S", rows }], { strings: [`<t>${"x".repeat(20_000)}</t>`] });
    expect(await codeOf("a.xlsx", file)).toBe("too_much_text");
  });
});
