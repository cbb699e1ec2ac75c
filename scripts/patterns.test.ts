import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { complaintOf, type Pattern, patternsOf } from "./patterns.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What is not linear, or cannot be shown to be, and what bounds it. Nothing else is let pass. */
const bounded: Record<string, string> = {
  "packages/aws/src/bedrock-error.ts": "40 characters after each of five words",
  "packages/core/src/bots/reading/index.ts": "the first 4,096 bytes of a file, 200 after each mark",
  "packages/core/src/bots/retrieval/normalise.ts":
    "the checker does not read the v flag; one class",
  "packages/core/src/bots/retrieval/tokens.ts": "v flag, too; no separator of words is a letter",
  "packages/local/src/bedrock/tokens.ts":
    "the checker does not read the v flag; 64 letters at most",
  "packages/core/src/publishing/publication/setting-schemas.ts": "300 characters of an origin",
  "packages/local/src/bedrock/demo-knowledge.ts": "put together from two names of our own",
  "packages/local/src/bedrock/openai/concessions.ts": "put together from words of our own",
  "packages/local/src/bedrock/openai/think-tags.ts": "one of a few tags, letters only",
};

/** Of what runs: tests, measurements, scripts and what builds the documentation read our own words. */
const files = execFileSync("git", ["ls-files", "*.ts", "*.tsx", "*.mjs"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter(
    (file) =>
      file !== "" &&
      !/\btest\b|fixture|^packages\/(bench|conformance)\/|^infra\/.+\/|^scripts\/|^web\/docs-site\/(?!client\/)/.test(
        file,
      ),
  );

const found: (Pattern & { file: string })[] = files.flatMap((file) =>
  patternsOf(file, readFileSync(join(root, file), "utf8")).map((one) => ({ file, ...one })),
);

test("no input holds up a regular expression of the repository", { timeout: 600_000 }, () => {
  expect(found.length).toBeGreaterThan(150);
  const checked = new Map<string, string | undefined>();
  const complaints = found.flatMap(({ file, line, text, literal }) => {
    if (!checked.has(text)) checked.set(text, literal ? complaintOf(literal) : "made at run time");
    const complaint = checked.get(text);
    return complaint === undefined ? [] : [{ file, is: `${file}:${line} ${text}: ${complaint}` }];
  });
  expect(complaints.filter(({ file }) => !(file in bounded)).map(({ is }) => is)).toEqual([]);
  // Not whether each is complained of today: what is found by trying depends on the time there is.
  const files = new Set(found.map(({ file }) => file));
  expect(Object.keys(bounded).filter((file) => !files.has(file))).toEqual([]);
});

test.each(["/^(a+)+$/", "/^(\\w+\\s?)*$/", "/ *\\n */g", "/\\/+$/"])(
  "%s is found where it stands, and complained of",
  (text) => {
    const [pattern] = patternsOf("a.ts", `const a: string[] = [];\nexport const b = ${text};`);
    expect(pattern).toMatchObject({ text, line: 2 });
    expect(pattern?.literal && complaintOf(pattern.literal)).toMatch(/exponential|polynomial/);
  },
);

test("a pattern that is put together at run time is found, too", () => {
  const code = "export const by = (name: string) => [new RegExp(name), RegExp(`${name}+`)];";
  expect(patternsOf("a.ts", code).map(({ text }) => text)).toEqual([
    "new RegExp(name)",
    "RegExp(`${name}+`)",
  ]);
});
