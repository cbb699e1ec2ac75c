#!/usr/bin/env node
/**
 * Installs what deploying needs, at the locked versions: SST's CLI into infra/node_modules and its
 * platform into .sst/platform, both from the npm registry. Does nothing where they are there.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const infra = path.dirname(fileURLToPath(import.meta.url));
const stamp = path.join(infra, "node_modules", ".outlet-lock");
const lock = createHash("sha256")
  .update(readFileSync(path.join(infra, "package-lock.json")))
  .digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  process.stderr.write("Installing infra …\n");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", args, {
    cwd: infra,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  writeFileSync(stamp, lock);
}
execFileSync(process.execPath, [path.join(infra, "platform.mjs")], {
  stdio: ["ignore", 2, 2],
});
