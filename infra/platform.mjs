#!/usr/bin/env node
// Installs .sst/platform (SST's components in source, the providers, config.d.ts) from the npm registry alone: no AWS, no
// download of Pulumi or bun, nothing in ~/.config. Does nothing when up to date; `--update-lock` re-resolves its versions.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(self), "..");
const platform = path.join(root, ".sst", "platform");
const lock = path.join(root, "infra", "sst-platform.lock.json");
const stamp = path.join(platform, "node_modules", ".installed");

if (process.argv[2] === "install") install();
else prepare(process.argv.includes("--update-lock"));

/** What `sst install` calls in place of `bun install` (SST_BUN_PATH), once it has written the platform's package.json. */
function install() {
  const manifest = path.join(platform, "package.json");
  const pkg = JSON.parse(readFileSync(manifest, "utf8"));
  delete pkg.devDependencies?.vitest; // for SST's own tests; of the rest the @types are needed to type-check the platform
  writeFileSync(manifest, JSON.stringify(pkg, null, 2));
  const locked = existsSync(lock) && process.env.SST_UPDATE_LOCK !== "1";
  if (locked) copyFileSync(lock, path.join(platform, "package-lock.json"));
  execFileSync(
    "npm",
    [
      locked ? "ci" : "install",
      "--ignore-scripts",
      "--omit-lockfile-registry-resolved",
      "--no-audit",
      "--no-fund",
    ],
    { cwd: platform, stdio: "inherit" },
  );
  if (!locked) copyFileSync(path.join(platform, "package-lock.json"), lock);
}

function prepare(update) {
  const inputs = () =>
    ["infra/package-lock.json", "sst.config.ts", "infra/sst-platform.lock.json"]
      .map((f) => path.join(root, f))
      .filter(existsSync);
  const hash = () =>
    inputs()
      .reduce((h, f) => h.update(readFileSync(f)), createHash("sha256"))
      .digest("hex");
  if (!update && existsSync(stamp) && readFileSync(stamp, "utf8") === hash()) return;
  const log = path.join(tmpdir(), `sst-platform-${process.pid}.log`);
  const configHome = path.join(tmpdir(), `sst-platform-${process.pid}`);
  try {
    execFileSync(
      process.execPath,
      [path.join(root, "infra/node_modules/sst/bin/sst.mjs"), "install", "--stage", "ci"],
      {
        cwd: root,
        stdio: "inherit",
        env: {
          ...process.env,
          SST_SKIP_DEPENDENCY_CHECK: "1", // no download of the pulumi and bun binaries
          SST_BUN_PATH: self,
          SST_UPDATE_LOCK: update ? "1" : "",
          SST_LOG: log,
          XDG_CONFIG_HOME: configHome,
          DO_NOT_TRACK: "1",
        },
      },
    );
    writeFileSync(stamp, hash());
  } catch {
    process.stderr.write(existsSync(log) ? readFileSync(log, "utf8") : "");
    process.stderr.write("\nsst install failed: see above\n");
    process.exitCode = 1;
  } finally {
    rmSync(log, { force: true });
    rmSync(configHome, { recursive: true, force: true });
  }
}
