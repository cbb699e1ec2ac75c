import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unreadableCodes } from "../../ports/index.ts";
import { endings } from "./kind.ts";
import { limits } from "./limits.ts";

const page = readFileSync(new URL("../../../../../docs/knowledge.md", import.meta.url), "utf8");

test("each cause of an unread file, each ending and each bound is in the documentation", () => {
  const causes = page.slice(
    page.indexOf("## Why a file is not read"),
    page.indexOf("## Large files"),
  );
  const named = [...causes.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual([...unreadableCodes].toSorted());
  const kinds = page.slice(page.indexOf("| kind |"), page.indexOf("## Bounds"));
  for (const ending of endings.keys()) expect(kinds).toMatch(new RegExp(`[ |]${ending}[ ,|]`));
  const bounds = page.slice(page.indexOf("## Bounds"), page.indexOf("## Why"));
  for (const value of [
    limits.fileBytesMax / 1024 / 1024,
    limits.textLengthMax,
    limits.blocksMax,
    limits.depthMax,
    limits.inflatedBytesMax / 1024 / 1024,
    limits.sheetInflatedBytesMax / 1024 / 1024,
    limits.entriesMax,
    limits.columnNameMax,
  ]) {
    expect(bounds).toContain(value.toLocaleString("en"));
  }
});
