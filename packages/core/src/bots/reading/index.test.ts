import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Document, Unreadable } from "../../ports/index.ts";
import { read } from "./index.ts";

type Input = string | Uint8Array;
const bytesOf = (input: Input) => (typeof input === "string" ? Buffer.from(input) : input);
const readAs = (name: string, input: Input): Promise<Document> =>
  read({ name, bytes: bytesOf(input) });
const texts = async (name: string, input: Input): Promise<string[]> =>
  (await readAs(name, input)).blocks.map(({ text }) => text);
const reasonOf = async (name: string, input: Input): Promise<Unreadable> => {
  const error: unknown = await readAs(name, input).catch((cause: unknown) => cause);
  if (error instanceof Unreadable) return error;
  throw new Error(`${name} was read, or failed otherwise`, { cause: error });
};

describe("tables in text", () => {
  test.each([
    ["commas", "day,opens\nMon,nine\n"],
    ["semicolons, as spreadsheets write them where the comma is decimal", "day;opens\nMon;nine\n"],
    ["tabs", "day\topens\nMon\tnine\n"],
    ["bars", "day|opens\nMon|nine\n"],
    ["a line that names the delimiter", "sep=;\nday;opens\nMon;nine\n"],
    ["line ends of old Macs", "day,opens\rMon,nine\r"],
    ["blanks before quotes", '"day", "opens"\n"Mon", "nine"\n'],
  ])("are cut at %s", async (_what, source) => {
    expect(await texts("hours.csv", source)).toEqual(["day: Mon; opens: nine"]);
  });

  test("keep decimal commas between semicolons", async () => {
    const source = "Ware;Preis;Menge\nTee;3,40;2\nMilch;1,10;12\n";
    expect(await texts("preise.csv", source)).toEqual([
      "Ware: Tee; Preis: 3,40; Menge: 2",
      "Ware: Milch; Preis: 1,10; Menge: 12",
    ]);
  });

  test.each([
    ["inches", 'id,name\nA,5" disk\nB,8" disk\n', ['id: A; name: 5" disk', 'id: B; name: 8" disk']],
    ["quotes within quotes", 'id,say\nA,"the ""best"" one"\n', ['id: A; say: the "best" one']],
    ["a quoted inch", 'id,name\nA,"3" nail",x\n', ['id: A; name: 3" nail; x']],
    ["a line break in a cell", 'id,say\nA,"one\ntwo"\n', ["id: A; say: one two"]],
    [
      "a quote that nothing closes",
      'id,say\nA,"open\nB,x\n',
      ['id: A; say: "open', "id: B; say: x"],
    ],
    ["an empty cell in quotes", 'id,say,end\nA,"",z\n', ["id: A; end: z"]],
  ])("take %s as people mean them", async (_what, source, rows) => {
    expect(await texts("a.csv", source)).toEqual(rows);
  });

  test("tell a title above from the columns' names, and number rows as a spreadsheet does", async () => {
    const source = "Prices of spring,,\n,,\nitem,price,unit\npear,2,kg\nplum,3,kg\n";
    const { blocks } = await readAs("prices.csv", source);
    expect(blocks.map(({ kind, text, place }) => [kind, text, place.row])).toEqual([
      ["paragraph", "Prices of spring", undefined],
      ["row", "item: pear; price: 2; unit: kg", 4],
      ["row", "item: plum; price: 3; unit: kg", 5],
    ]);
  });

  test("keep both columns of one name, cells without one, and a first row that is data", async () => {
    expect(await texts("a.csv", "who,tel,tel\nIda,1,2,extra\n")).toEqual([
      "who: Ida; tel: 1; tel: 2; extra",
    ]);
    expect(await texts("a.csv", "1,2\n3,4\n")).toEqual(["1; 2", "3; 4"]);
    expect(await texts("a.csv", "only,names\n")).toEqual(["only; names"]);
  });

  test("hold every value of any table", async () => {
    const cell = fc.stringMatching(/^[a-zé"; ,]{1,6}$/).filter((it) => it.trim() !== "");
    const table = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: 2,
        maxLength: 6,
      }),
    );
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const source = `sep=|\n${rows.map((row) => row.map(quoted).join("|")).join("\n")}\n`;
        const all = (await texts("a.csv", source)).join("\n");
        for (const value of rows.slice(1).flat()) {
          expect(all).toContain(value.replace(/\s+/g, " ").trim());
        }
      }),
    );
  });

  test("do not grow by their headings", async () => {
    const long = "heading ".repeat(2_000);
    const source = `${long},${long}\n${"1,2\n".repeat(2_000)}`;
    const all = (await texts("a.csv", source)).join("\n");
    expect(all.length).toBeLessThan(20 * source.length);
  });
});

describe("JSON", () => {
  test("gives each element a block, each value under its path", async () => {
    const list = '[{"day":"Mon","open":{"at":9,"warm":true},"note":null},{"day":"Tue"}]';
    const { blocks } = await readAs("days.json", list);
    expect(blocks.map(({ text, place }) => [text, place.row])).toEqual([
      ["day: Mon\nopen.at: 9\nopen.warm: true", 1],
      ["day: Tue", 2],
    ]);
  });

  test.each([
    ["numbers beyond a double's", '{"id":90071992547409931}', "id: 90071992547409931"],
    ["trailing zeros and exponents", '{"a":1.500,"b":1e400}', "a: 1.500\nb: 1e400"],
    ["names that occur twice", '{"a":"one","a":"two"}', "a: one\na: two"],
    ["comments and last commas", '// x\n{"a":1, /* y */ "b":[2,],}', "a: 1\nb: 2"],
    ["names without quotes", "{a: 1}", "a: 1"],
    ["escapes", '{"a":"\\u00e9\\n\\"x\\""}', 'a: é\n"x"'],
    ["a lone value", '"open at nine"', "open at nine"],
  ])("keeps %s", async (_what, source, text) => {
    expect(await texts("a.json", source)).toEqual([text]);
  });

  test("may be one value a line", async () => {
    expect(await texts("log.jsonl", '{"q":"when"}\n\n{"q":"where"}\n')).toEqual([
      "q: when",
      "q: where",
    ]);
  });

  test("keeps every string of any value", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^\w{1,8}$/), fc.stringMatching(/^\w+$/), { minKeys: 1 }),
        async (value) => {
          const all = (await texts("a.json", JSON.stringify(value))).join("\n");
          for (const text of Object.values(value)) expect(all).toContain(text);
        },
      ),
    );
  });

  test("that breaks off is refused by its line", async () => {
    expect((await reasonOf("a.json", '{"a":\n "b')).message).toMatch(/not valid JSON.*line 2/);
    expect((await reasonOf("a.json", '{"a" "b"}')).code).toBe("broken");
  });
});

describe("Markdown", () => {
  test("gives headings, paragraphs, lists, code and tables, each under its headings", async () => {
    const source = [
      "# Shop",
      "Open *daily*.",
      "Even Sundays.",
      "",
      "## Fees ##",
      "- one",
      "  more of one",
      "- two",
      "",
      "```sh",
      "# no heading",
      "run  it",
      "```",
      "| item | price |",
      "|------|------:|",
      "| tea  | 3 \\| 4 |",
      "Terms",
      "-----",
      "None.",
    ].join("\n");
    const { blocks } = await readAs("a.md", source);
    expect(blocks.map(({ kind, text, place }) => [kind, text, place.headings.join(" / ")])).toEqual(
      [
        ["heading", "Shop", ""],
        ["paragraph", "Open *daily*.\nEven Sundays.", "Shop"],
        ["heading", "Fees", "Shop"],
        ["item", "- one\n  more of one", "Shop / Fees"],
        ["item", "- two", "Shop / Fees"],
        ["code", "# no heading\nrun  it", "Shop / Fees"],
        ["row", "item: tea; price: 3 | 4", "Shop / Fees"],
        ["heading", "Terms", "Shop"],
        ["paragraph", "None.", "Shop / Terms"],
      ],
    );
  });

  test("names itself in its front matter", async () => {
    const { title, blocks } = await readAs("a.md", "---\ntitle: 'Fees'\ntag: x\n---\nNone.");
    expect(title).toBe("Fees");
    expect(blocks.map(({ text }) => text)).toEqual(["title: 'Fees'\ntag: x", "None."]);
  });
});

describe("encodings", () => {
  const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
  test.each([
    ["UTF-8 with a mark", Buffer.from("\uFEFFRöhre"), "Röhre"],
    ["UTF-16 with a mark", Buffer.from("\uFEFFRöhre", "utf16le"), "Röhre"],
    ["UTF-16 without one", Buffer.from("the hours are", "utf16le"), "the hours are"],
    ["big-endian UTF-16", Buffer.from("\uFEFFRöhre", "utf16le").swap16(), "Röhre"],
    ["the encoding of Western Windows", Buffer.from("Röhre, groß", "latin1"), "Röhre, groß"],
    ["the one of Russian Windows", bytes("d2 f0 f3 e1 e0 2c 20 f6 e5 ed e0"), "Труба, цена"],
    ["Shift_JIS", bytes("82a8 8ec0 82cd 2c 8349 8393"), "お実は,オン"],
    ["EUC-JP", bytes("a4aa a4cd a4ac a4a4 a4b7 a4de a4b9"), "おねがいします"],
    ["ISO-2022-JP", bytes("1b2442 2422 2424 1b2842"), "あい"],
    ["GBK", bytes("c4fa bac3 a3ac d0bb d0bb"), "您好，谢谢"],
    ["Big5", bytes("b17a a66e a141 c1c2 c1c2"), "您好，謝謝"],
    ["EUC-KR", bytes("bec8 b3e7 c7cf bcbc bfe4"), "안녕하세요"],
  ])("%s is read", async (_what, input, text) => {
    expect(await texts("a.txt", input)).toEqual([text]);
  });

  test("what a page says of itself counts before what it looks like", async () => {
    const page = Buffer.concat([
      Buffer.from('<meta charset="iso-8859-5"><p>'),
      bytes("b4 d0"),
      Buffer.from("</p>"),
    ]);
    expect(await texts("a.html", page)).toEqual(["Да"]);
  });

  test("one damaged byte does not cost a text in UTF-8", async () => {
    const source = Buffer.concat([Buffer.from("Öffnungszeiten täglich. ".repeat(20)), bytes("ff")]);
    expect((await texts("a.txt", source))[0]).toMatch(/Öffnungszeiten/);
  });

  test("stray zero bytes and an end mark of DOS are passed over", async () => {
    expect(await texts("a.txt", Buffer.from("nine\0to five\x1a"))).toEqual(["nine to five"]);
  });
});

describe("what is no text", () => {
  test.each([
    ["an empty file", "a.txt", "", "empty"],
    ["blanks", "a.txt", " \n\t ", "no_text"],
    ["a page of scripts", "a.html", "<script>1</script>", "no_text"],
    [
      "a picture under the name of a text",
      "a.txt",
      "89504e470d0a1a0a0000000d49484452",
      "unsupported",
    ],
    ["bytes of a program", "a.txt", "7f454c46020101000000000000000000030003e001000000", "binary"],
    ["an old file of Office", "a.doc", "d0cf11e0a1b11ae1000000000000", "unsupported"],
    ["a file named as one of a program that is none", "a.docx", "hello", "broken"],
    ["an archive", "a.zip", "504b030414000000", "unsupported"],
  ])("%s is refused with a cause", async (_what, name, content, code) => {
    const input = /^[0-9a-f]{12,}$/.test(content) ? Buffer.from(content, "hex") : content;
    const { code: found, message } = await reasonOf(name, input);
    expect(found).toBe(code);
    expect(message).toMatch(/^[A-Z].*\. .*\.$/);
  });
});
