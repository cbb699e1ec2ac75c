/**
 * The whole suite: format, lint, types, then tests. `--static` stops before the tests. What follows
 * other arguments is handed to Vitest: `npm test -- packages/core`.
 */
import { spawn } from "node:child_process";
import { trackedFiles } from "./tree.ts";

const args = process.argv.slice(2);
const staticOnly = args.includes("--static");
const vitestArgs = args.filter((arg) => arg !== "--static");

// What lies in the folder beside the repository's own files is nobody's concern.
const formatted = ["--files-ignore-unknown=true", "--no-errors-on-unmatched", ...trackedFiles()];

const checks: [name: string, command: string, args: string[]][] = [
  ["format", "biome", ["format", ...formatted]],
  ["tree", "node", ["scripts/tree.ts"]],
  ["lint", "oxlint", ["--type-aware", "packages", "scripts", "web"]],
  // Not type-aware: SST's own types are there only once infra is installed.
  ["lint of infra", "oxlint", ["infra", "infra-test", "sst.config.ts"]],
  // Exports that nothing imports, files that nothing reaches, packages that nothing uses or declares.
  ["dead code", "knip", ["--no-progress"]],
  ["types", "tsc", ["-p", "."]],
  ["types of the console", "tsc", ["-p", "web"]],
];

const failed: string[] = [];
for (const [name, command, commandArgs] of checks) await check(name, command, commandArgs);
if (!staticOnly) await check("tests", "vitest", ["run", ...vitestArgs]);

if (failed.length > 0) process.stderr.write(`\nFailed: ${failed.join(", ")}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function check(name: string, command: string, commandArgs: string[]): Promise<void> {
  const begin = performance.now();
  const code = await new Promise<number>((resolve) => {
    const child = spawn(command, commandArgs, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on("exit", (exitCode) => resolve(exitCode ?? 1));
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
  if (code !== 0) failed.push(name);
}
