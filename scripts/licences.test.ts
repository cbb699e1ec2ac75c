import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shippedIn } from "./licences.ts";

test("nothing is shipped whose licence does not go with Apache-2.0", () => {
  const shipped = shippedIn(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  expect(shipped.length).toBeGreaterThan(100);
  expect(shipped.filter(({ fits }) => !fits)).toEqual([]);
});

test("a licence that does not, and none at all, are found", () => {
  const packages = {
    "": { version: "1" },
    "node_modules/a": { version: "1", license: "MIT" },
    "node_modules/a/node_modules/@b/c": { version: "2", license: "GPL-3.0" },
    "node_modules/d": { version: "3" },
    "node_modules/tool": { version: "4", license: "GPL-3.0", dev: true },
  };
  const wrong = shippedIn(JSON.stringify({ packages })).filter(({ fits }) => !fits);
  expect(wrong.map(({ name, licence }) => [name, licence])).toEqual([
    ["@b/c", "GPL-3.0"],
    ["d", "none is named"],
  ]);
});
