import { describe, expect, test } from "vitest";
import { Reading } from "./index.ts";
import { odp, ods } from "./samples.test-support.ts";
import { Unreadable } from "../../ports/index.ts";

const read = (name: string, bytes: Uint8Array) => Reading.read({ bytes, name });
const codeOf = (name: string, bytes: Uint8Array) =>
  read(name, bytes).catch((error: unknown) => (error instanceof Unreadable ? error.code : error));

const cell = (text: string, attributes = "") =>
  `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;
const row = (...cells: string[]) => `<table:table-row>${cells.join("")}</table:table-row>`;
const table = (name: string, ...rows: string[]) =>
  `<table:table table:name="${name}">${rows.join("")}</table:table>`;

describe("sheets of LibreOffice", () => {
  test("are rows under their columns' names, values as they are and not as they look", async () => {
    const file = ods(
      table(
        "Fees",
        row(cell("Who"), cell("Since"), cell("Share"), cell("Fee"), cell("Paid"), cell("Left")),
        row(
          cell("Ann<text:s/><text:span>B.</text:span>"),
          cell("05.03.26", 'office:value-type="date" office:date-value="2026-03-05"'),
          cell("7 %", 'office:value-type="percentage" office:value="0.07"'),
          cell(
            "1.234,50 €",
            'office:value-type="currency" office:currency="EUR" office:value="1234.5"',
          ),
          cell("WAHR", 'office:value-type="boolean" office:boolean-value="true"'),
          cell("0,3", 'office:value-type="float" office:value="0.3"'),
        ),
      ),
    );
    const { blocks, pages } = await read("a.ods", file);
    expect(pages).toBe(1);
    expect(blocks).toEqual([
      {
        kind: "row",
        text: "Who: Ann B.; Since: 2026-03-05; Share: 7%; Fee: 1234.5 EUR; Paid: TRUE; Left: 0.3",
        place: { sheet: "Fees", row: 2, headings: [] },
      },
    ]);
  });

  test("keep their places where rows and cells are said to repeat, to the end of the sheet too", async () => {
    const file = ods(
      table(
        "S",
        row(cell("a"), cell("b"), cell("c")),
        '<table:table-row table:number-rows-repeated="8"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
        row(cell("1"), '<table:table-cell table:number-columns-repeated="1"/>', cell("3")),
        row(
          cell("x", 'table:number-columns-repeated="3"'),
          '<table:covered-table-cell table:number-columns-repeated="16381"/>',
        ),
        '<table:table-row table:number-rows-repeated="1048566"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
      ),
    );
    const { blocks } = await read("a.ods", file);
    expect(blocks.map(({ text, place }) => [text, place.row])).toEqual([
      ["a: 1; c: 3", 10],
      ["a: x; b: x; c: x", 11],
    ]);
  });

  test("have no end of what repeats: it is followed so far", async () => {
    const many = cell("x", 'table:number-columns-repeated="16384"');
    const rows = `<table:table-row table:number-rows-repeated="1048576">${many}</table:table-row>`;
    const { blocks } = await read("a.ods", ods(table("S", rows)));
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks.every(({ text }) => text.length < 1_000)).toBe(true);
  });

  test("leave out notes of reviewers and sheets that are hidden, and say so", async () => {
    const styles =
      '<office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>';
    const hidden = `<table:table table:name="Staff" table:style-name="ta2">${row(cell("salary"))}</table:table>`;
    const noted =
      "<table:table-cell><office:annotation><text:p>why?</text:p></office:annotation><text:p>one<text:line-break/>two</text:p><text:p>three</text:p></table:table-cell>";
    const { blocks, notes } = await read(
      "a.ods",
      ods(`${styles}${hidden}${table("S", row(noted))}`),
    );
    expect(blocks.map(({ text }) => text)).toEqual(["one two three"]);
    expect(notes).toEqual(["Hidden sheets were left out: Staff."]);
  });
});

const frame = (kind: string, ...lines: string[]) =>
  `<draw:frame presentation:class="${kind}"><draw:text-box>${lines.map((line) => `<text:p>${line}</text:p>`).join("")}</draw:text-box></draw:frame>`;

describe("slides of LibreOffice", () => {
  test("are read in their order, with tables and notes, without what a master fills in", async () => {
    const file = odp(`<office:presentation>
      <draw:page draw:name="page1">${frame("title", "Opening", "hours")}${frame("outline", "Monday", "Tuesday")}
        ${frame("page-number", "7")}
        <draw:custom-shape><text:p>In a box</text:p></draw:custom-shape>
        <presentation:notes><draw:page-thumbnail presentation:class="page"/>${frame("notes", "Say it twice.")}</presentation:notes>
      </draw:page>
      <draw:page draw:name="page2"><draw:frame>${table("T", row(cell("Day"), cell("From")), row(cell("Wed"), cell("nine")))}</draw:frame></draw:page>
      </office:presentation>`);
    const { blocks, pages } = await read("a.odp", file);
    expect(pages).toBe(2);
    expect(blocks.map(({ kind, text, place }) => [kind, text, place.slide])).toEqual([
      ["heading", "Opening hours", 1],
      ["paragraph", "Monday\nTuesday", 1],
      ["paragraph", "In a box", 1],
      ["paragraph", "Notes: Say it twice.", 1],
      ["row", "Day; From", 2],
      ["row", "Wed; nine", 2],
    ]);
  });
});

describe("sheets and slides", () => {
  test("are known by what is in them, whatever their names", async () => {
    const { blocks } = await read("a.zip", ods(table("S", row(cell("a")))));
    expect(blocks).toMatchObject([{ kind: "row", place: { sheet: "S" } }]);
    const slides = await read("book.ods", odp(`<draw:page>${frame("title", "T")}</draw:page>`));
    expect(slides.blocks).toMatchObject([{ kind: "heading", place: { slide: 1 } }]);
  });

  test("that are enciphered, cut off, or made to hurt are refused as such", async () => {
    const manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>";
    const enciphered = { "META-INF/manifest.xml": manifest };
    const deep = "<draw:g>".repeat(600) + "</draw:g>".repeat(600);
    for (const [name, make] of [
      ["a.ods", ods],
      ["a.odp", odp],
    ] as const) {
      expect(await codeOf(name, make("", enciphered))).toBe("encrypted");
      expect(await codeOf(name, make("").subarray(0, 200))).toBe("broken");
      expect(await codeOf(name, make(deep))).toBe("too_deep");
      expect(await codeOf(name, make("", { "content.xml": "<!DOCTYPE a><a/>" }))).toBe("entities");
      expect(await codeOf(name, make(""))).toBe("no_text");
      expect(await codeOf(name, Buffer.from("plain"))).toBe("broken");
    }
  });
});
