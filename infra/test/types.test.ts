import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "./program.ts";

const run = promisify(execFile);

test.each(["tsconfig.json", "tsconfig.test.json"])("%s is sound to the compiler", async (name) => {
  const tsc = join(root, "node_modules/.bin/tsc");
  const result = await run(tsc, ["-p", join(root, "infra", name)]).catch((error) => error);
  expect(result.stdout).toBe("");
});
