import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "./program.ts";

/** What it has to say. @returns nothing where it finds nothing. */
async function findings(command: string, ...args: string[]): Promise<string> {
  const program = join(root, "node_modules/.bin", command);
  const ended = promisify(execFile)(program, args, { cwd: root });
  return ended.then(
    () => "",
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}

test.each(["infra", "infra-test"])("%s is sound to the compiler", async (folder) => {
  expect(await findings("tsc", "-p", folder)).toBe("");
});

// `npm run check` lints it without types: they are there only once both have been installed.
test("the linter that knows types finds nothing in them", async () => {
  const places = ["infra", "infra-test", "sst.config.ts"];
  expect(await findings("oxlint", "--type-aware", ...places)).toBe("");
});
