import { Hono } from "hono";
import { expect, test } from "vitest";
import { csv } from "./csv.ts";

const rows = [
  { name: 'say "hi"; bye, x', count: 1 },
  { name: "line\nbreak", count: 2 },
  { name: "=1+1", count: 3 },
  { name: "Grüße 顧客 😀", count: null },
];
const app = new Hono().get(
  "/rows",
  csv("rows", ["name", "count"], (view: { rows: typeof rows }) => view.rows),
  (c) => c.json({ rows }),
);
const read = async (query: string) => {
  const bytes = await (await app.request(`/rows?format=csv${query}`)).arrayBuffer();
  return Buffer.from(bytes).toString("utf8");
};

test("a table has each cell whole, in every language's spreadsheet", async () => {
  expect(await read("")).toBe(
    '"name","count"\r\n"say ""hi""; bye, x","1"\r\n"line\nbreak","2"\r\n"\'=1+1","3"\r\n"Grüße 顧客 😀",""\r\n',
  );
  expect(await read("&delimiter=%3B")).toBe(
    '"name";"count"\r\n"say ""hi""; bye, x";"1"\r\n"line\nbreak";"2"\r\n"\'=1+1";"3"\r\n"Grüße 顧客 😀";""\r\n',
  );
});

test("a table begins with a byte order mark where one is asked for", async () => {
  expect((await read("&bom=true")).startsWith('\ufeff"name","count"')).toBe(true);
  expect((await read("")).startsWith('"name","count"')).toBe(true);
});
