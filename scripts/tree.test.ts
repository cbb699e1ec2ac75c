import { expect, test } from "vitest";
import { linesMax, notDeployed, tooLong } from "./tree.ts";

const reader = (files: Record<string, string>) => (path: string) => Buffer.from(files[path] ?? "");

test("a file of more lines than the limit is named; lists that programs make are not", () => {
  const long = "x\n".repeat(linesMax + 1);
  const files = {
    "packages/a.ts": long,
    "docs/a.md": long,
    "fits.ts": "x\n".repeat(linesMax),
    "picture.png": `\0${long}`,
    "package-lock.json": long,
  };
  expect(tooLong(Object.keys(files), reader(files))).toEqual([
    `packages/a.ts: ${linesMax + 1} lines, ${linesMax} at most`,
    `docs/a.md: ${linesMax + 1} lines, ${linesMax} at most`,
  ]);
});

test("what the program of the deployment does not lead to has no place in infra/", () => {
  const files = {
    "sst.config.ts": 'await import("./infra/a");',
    "infra/a.ts": 'import { b } from "./b";\nimport "./side";',
    "infra/b.ts": 'import { a } from "./a";\nimport x from "../packages/x.ts";',
    "infra/side.ts": "",
    "infra/package.json": "{}",
    "infra/attic.ts": 'import { a } from "./a";',
    "infra/test/a.test.ts": "",
    "infra-test/a.test.ts": "",
  };
  expect(
    notDeployed(Object.keys(files), reader(files)).map((fault) => fault.split(":")[0]),
  ).toEqual(["infra/attic.ts", "infra/test/a.test.ts"]);
});
