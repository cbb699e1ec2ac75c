import { describe, expect, test } from "vitest";
import { read } from "./index.ts";

const page = (source: string, url?: string) =>
  read({ name: "page.html", bytes: Buffer.from(source), ...(url !== undefined && { url }) });
const texts = async (source: string, url?: string): Promise<string[]> =>
  (await page(source, url)).blocks.map(({ text }) => text);

describe("a web page", () => {
  test("gives what a reader sees, blocks apart, under its headings", async () => {
    const { title, blocks } =
      await page(`<html><head><title>T &amp; U</title><style>p{}</style></head>
      <body><h1>Hours</h1><script>alert("x")</script><p>Open &amp; warm<br>at nine</p>
      <h2>Days</h2><ul><li>Mon</li><li>Tue <b>too</b></li></ul></body></html>`);
    expect(title).toBe("T & U");
    expect(blocks.map(({ kind, text, place }) => [kind, text, place.headings])).toEqual([
      ["heading", "Hours", []],
      ["paragraph", "Open & warm\nat nine", ["Hours"]],
      ["heading", "Days", ["Hours"]],
      ["item", "Mon", ["Hours", "Days"]],
      ["item", "Tue too", ["Hours", "Days"]],
    ]);
  });

  test.each([
    ["a head that is never closed", "<html><head><title>S</title><body><p>Free.", ["Free."]],
    ["end tags that are left out", "<p>One<p>Two<ul><li>a<li>b", ["One", "Two", "a", "b"]],
    [
      "a hidden element of a name that objects know",
      "<constructor hidden>no<b>no</b></constructor><p>One",
      ["One"],
    ],
    ["an inner picture", "<p>Call <svg><path/><text>no</text></svg>555.", ["Call 555."]],
    ["what is for pages without scripts", "<p>a<noscript>no</noscript>b", ["a b"]],
    ["a summary and its details", "<details><summary>Fees</summary>None</details>", ["Fees None"]],
    ["words of unknown elements", "<x-a>one</x-a><x-b>two</x-b>", ["one two"]],
    ["marks within a word", "<p>H<sub>2</sub>O, <b>b</b>old", ["H2O, bold"]],
    ["soft hyphens", "<p>Dampf&shy;schiff", ["Dampfschiff"]],
    ["typed-in text", "<textarea>a &lt; b</textarea><p>c", ["a < b", "c"]],
    ["what a picture shows", "<p>See <img src=x alt='the red lever'>", ["See the red lever"]],
    ["a comment and a CDATA section", "<p>a<!-- <p>no -->b<![CDATA[no]]>c", ["abc"]],
    ["an address", "<p>At <a href='https://x.example/y'>y</a>", ["At y (https://x.example/y)"]],
    ["an address that is its text", "<a href=mailto:a@x.example>a@x.example</a>", ["a@x.example"]],
    ["a stray end tag", "</div></p><p>a</section>b", ["a", "b"]],
    ["a sign that is no tag", "<p>1 < 2 and 3 <4", ["1 < 2 and 3 <4"]],
  ])("with %s is read", async (_what, source, expected) => {
    expect(await texts(source)).toEqual(expected);
  });

  test("keeps the lines of what is preformatted", async () => {
    const { blocks } = await page("<pre>\na:\n  b: 1\n</pre>");
    expect(blocks[0]).toMatchObject({ kind: "code", text: "a:\n  b: 1" });
  });

  test.each([
    ["hidden", "<p hidden>no<p>yes"],
    ["styled away", "<div style='color:red; Display : none'><div>no</div>no</div><p>yes"],
    ["in a list", "<ul><li hidden>no<li>yes</ul>"],
    ["in a table", "<table><tr><td hidden>no<td>yes</table>"],
    ["a template", "<template><p>no</p></template>yes"],
  ])("leaves out what is %s", async (_what, source) => {
    expect(await texts(source)).toEqual(["yes"]);
  });

  test("gives each row of a table under its headings, once", async () => {
    const source = `<table><tr><th>Item<th colspan=2>Price</tr>
      <tr><td>Tea<td>3<td>4</tr><tr><td>Milk<td colspan=2>5</tr></table>`;
    expect(await texts(source)).toEqual(["Item: Tea; Price: 3; Price: 4", "Item: Milk; Price: 5"]);
    expect(await texts("<table><tr><td>Opens<td>nine<tr><td>Closes<td>five</table>")).toEqual([
      "Opens; nine",
      "Closes; five",
    ]);
  });

  test("may be laid out in tables", async () => {
    const source = `<table><tr><td><h1>Shop</h1><p>Open.<td><table><tr><td>a<td>b</table>
      <p>After.</table>End.`;
    expect(await texts(source)).toEqual(["Shop", "Open.", "a; b", "After.", "End."]);
  });

  test("that was fetched is read without what stands around it", async () => {
    const source = `<nav><a href=/>Home</a></nav><main><p>Text, <a href="more">more</a>.</main>
      <p>outside</p><footer>Imprint</footer>`;
    expect(await texts(source, "https://x.example/a/b")).toEqual([
      "Text, more (https://x.example/a/more).",
    ]);
    expect(await texts("<nav>Only this</nav>", "https://x.example/")).toEqual(["Only this"]);
  });
});

describe("a hostile page", () => {
  // Each takes minutes, or all memory, where the work is not in proportion to the length.
  test.each([
    ["open elements", "<div>".repeat(200_000)],
    ["open tables", "<table><tr><td>".repeat(70_000)],
    ["hidden elements", "<p hidden>".repeat(100_000)],
    ["links within links", '<a href="https://x.example/">a'.repeat(40_000)],
    ["signs", "<".repeat(1_000_000)],
    ["comments that are not closed", "<!--".repeat(250_000)],
    ["blanks", `<p>${" ".repeat(1_000_000)}x`],
    ["lines", `<pre>${"\n".repeat(1_000_000)}</pre>`],
    ["quotes", `<a b="${"' ".repeat(400_000)}`],
  ])("of nothing but %s costs what its length is", async (_what, source) => {
    expect(await texts(`${source}<p>end`).catch((error: Error) => error.message)).toBeDefined();
  });

  test("cannot make much of little by headings that span", async () => {
    const name = "n".repeat(500);
    const source = `<table><tr>${`<th colspan=1000>${name}`.repeat(50)}<tr>${"<td>1".repeat(5_000)}`;
    expect((await texts(source)).join("").length).toBeLessThan(15 * source.length);
  });
});
