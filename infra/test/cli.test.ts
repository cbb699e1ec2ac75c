import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { environment, root } from "./program.ts";

const run = promisify(execFile);
const types = join(root, "sst-env.d.ts");

test("the infrastructure is sound to the compiler", async () => {
  const tsc = join(root, "node_modules/.bin/tsc");
  const result = await run(tsc, ["-p", join(root, "infra")]).catch((error) => error);
  expect(result.stdout).toBe("");
});

test("SST's own diff runs, bundles every handler, and finds the committed types true", async () => {
  const before = await readFile(types, "utf8");
  const check = join(root, "infra/sst/check.mjs");
  const args = [check, "--stage", "prod", "--secret", "KeyPepper"];
  const env = { ...process.env, ...environment };
  const { stdout } = await run(process.execPath, args, { cwd: root, env, maxBuffer: 1 << 26 });
  expect(stdout).toContain("No changes");
  expect(await readFile(types, "utf8")).toBe(before);
});
