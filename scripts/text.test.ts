import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sandbox = mkdtempSync(join(tmpdir(), "outlet-text-"));
for (const name of [".oxlintrc.json", "node_modules", "scripts"]) {
  symlinkSync(join(root, name), join(sandbox, name));
}
afterAll(() => rmSync(sandbox, { recursive: true }));

/** Whether the linter, as configured, finds fault with how this expression cuts text. */
function complains(expression: string, place = "packages/core/src/bots/bot"): boolean {
  const file = join(sandbox, place, "probe.ts");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `export const probe = (a: never) => ${expression};\n`);
  try {
    execFileSync(join(root, "node_modules/.bin/oxlint"), [file], { cwd: sandbox, stdio: "pipe" });
    return false;
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout).includes("Cut text by Text.cut");
  }
}

test.each([
  "title.slice(0, 80)",
  "bot.title?.slice(0, 80)",
  "message.trim().slice(0, causeMax)",
  "text.slice(0, messageLengthMax)",
  "title.substring(3)",
  "title.substr(0, 3)",
  "names.join().slice(0, 500)",
  "`${a}`.slice(0, 9)",
  "address.slice(0, 9)",
])("%s cuts text for people, and the linter says so", (expression) => {
  expect(complains(expression)).toBe(true);
});

test.each([
  "issues.slice(0, 20)",
  "bots.toSorted().slice(0, max)",
  "date.toISOString().slice(0, 10)",
  "secretHash.slice(0, 8)",
  "source.slice(start, end)",
  "path.slice(prefix.length)",
  "Text.cut(title, 80)",
])("%s cuts none", (expression) => {
  expect(complains(expression)).toBe(false);
});

test("whoever cuts text by another measure than people's is let alone", () => {
  expect(complains("word.slice(0, lengthMax)", "packages/core/src/bots/retrieval")).toBe(false);
});
