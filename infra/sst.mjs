#!/usr/bin/env node
/** Runs the SST CLI, installing it first if need be: `npm run sst -- deploy --stage prod`. */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

await import("./install.mjs");
const infra = path.dirname(fileURLToPath(import.meta.url));
const cli = path.join(infra, "node_modules", "sst", "bin", "sst.mjs");
const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], {
  cwd: path.dirname(infra),
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
