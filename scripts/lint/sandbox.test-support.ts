import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A folder in which the linter is configured as here; gone when the file's tests are done. */
export function makeSandbox() {
  const folder = mkdtempSync(join(tmpdir(), "outlet-lint-"));
  for (const name of [".oxlintrc.json", "node_modules", "scripts"]) {
    symlinkSync(join(root, name), join(folder, name));
  }
  afterAll(() => rmSync(folder, { recursive: true }));

  /** @returns what the linter says of a file or a folder; nothing where it finds no fault. */
  const lint = (path: string): string => {
    try {
      execFileSync(join(root, "node_modules/.bin/oxlint"), [path], { cwd: folder, stdio: "pipe" });
      return "";
    } catch (error) {
      return String((error as { stdout: Buffer }).stdout);
    }
  };
  /** The same of a file of that place with that source. */
  const lintSource = (place: string, source: string): string => {
    const file = join(folder, place, "probe.ts");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${source}\n`);
    try {
      return lint(file);
    } finally {
      rmSync(file);
    }
  };
  return { folder, lint, lintSource };
}
