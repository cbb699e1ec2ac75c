import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extract, Unreadable } from "./extract.ts";

const bytes = (text: string) => Buffer.from(text);

describe("what is read of a file", () => {
  test("text and Markdown are taken as they are", () => {
    expect(extract("text", bytes("  Open at nine.\n"))).toBe("Open at nine.");
    expect(extract("markdown", bytes("# Hours\n\nNine."))).toBe("# Hours\n\nNine.");
  });

  test("a web page gives what a reader sees, blocks apart", () => {
    const page = `<html><head><title>T</title><style>p{}</style></head><body>
      <h1>Hours</h1><script>alert("x")</script><p>Open &amp; warm<br>at nine</p>
      <ul><li>Mon</li><li>Tue</li></ul></body></html>`;
    const text = extract("html", bytes(page));
    expect(text.split(/\n{2,}/).map((part) => part.trim())).toEqual([
      "Hours",
      "Open & warm\nat nine",
      "Mon",
      "Tue",
    ]);
  });

  test("each row of a table names its columns", () => {
    const table = '\uFEFFday,opens\n"Monday, early",nine\nTuesday,\n';
    expect(extract("csv", bytes(table))).toBe("day: Monday, early; opens: nine\n\nday: Tuesday");
  });

  test("JSON gives a line for each value, under its path", () => {
    const list = '[{"day":"Mon","open":{"at":9,"warm":true},"note":null},{"day":"Tue"}]';
    expect(extract("json", bytes(list))).toBe("day: Mon\nopen.at: 9\nopen.warm: true\n\nday: Tue");
  });

  test("any JSON object's strings are found in its text", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^\w{1,8}$/), fc.stringMatching(/^\w+$/)),
        (it) => {
          fc.pre(Object.keys(it).length > 0);
          const text = extract("json", bytes(JSON.stringify(it)));
          for (const value of Object.values(it)) expect(text).toContain(value);
        },
      ),
    );
  });
});

describe("what cannot be read", () => {
  test.each([
    ["bytes that are no UTF-8", "text", Buffer.from([0xc3, 0x28]), /UTF-8/],
    ["binary data", "markdown", Buffer.from("a\0b"), /binary/],
    ["nothing", "text", Buffer.from(" \n "), /no text/],
    ["a page of scripts only", "html", Buffer.from("<script>1</script>"), /no text/],
    ["JSON that breaks off", "json", Buffer.from('{"a": '), /not valid JSON/],
    ["a quote that is never closed", "csv", Buffer.from('a,b\n"c'), /not valid CSV/],
  ] as const)("%s is refused with a reason and what to do", (_what, kind, upload, reason) => {
    expect(() => extract(kind, upload)).toThrow(Unreadable);
    expect(() => extract(kind, upload)).toThrow(reason);
  });
});
