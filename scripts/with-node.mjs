#!/usr/bin/env node
/**
 * Runs one of the project's programs on the Node it carries, installing the project first if
 * needed: `node scripts/with-node.mjs FILE [ARGS…]`.
 *
 * Runs on any Node ≥ 20.19 and before anything is installed, so it may import nothing but Node.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeMajor = 24;

if (!isInstalled()) install();
run(process.argv.slice(2));

/** Whether what the lockfile says has been installed since it changed. */
function isInstalled() {
  const changed = statSync(join(root, "package-lock.json")).mtimeMs;
  // npm writes this file at the end of every install, within moments of the lockfile itself.
  const installed = statSync(join(root, "node_modules", ".package-lock.json"), {
    throwIfNoEntry: false,
  });
  return installed !== undefined && installed.mtimeMs + 10_000 >= changed;
}

function install() {
  process.stderr.write("Installing packages …\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Not `npm ci`: it refuses a lockfile that lacks optional packages of other platforms, which some
  // registries do not carry. `--no-save` keeps the lockfile as it is. Engine warnings, about the
  // Node that installs rather than the one that will run, stay out.
  const args = ["install", "--no-save", "--include=dev", "--include=optional", "--loglevel=error"];
  const { status } = spawnSync(npm, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.stderr.write("npm install failed: see above. Nothing was started.\n");
    process.exit(status ?? 1);
  }
}

/** Node 24: the packaged one, or the one we run on where no package fits this platform. */
function findNode() {
  const packaged = join(
    root,
    "node_modules",
    ".bin",
    process.platform === "win32" ? "node.cmd" : "node",
  );
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split(".")[0]) >= nodeMajor) return process.execPath;
  // Somebody may have installed without optional packages, which it is one of.
  install();
  if (existsSync(packaged)) return packaged;
  process.stderr.write(
    `Outlet needs Node ${nodeMajor}. npm installed no package of it for ${process.platform}-${process.arch}: ` +
      `install Node ${nodeMajor} and try again.\n`,
  );
  process.exit(1);
}

function run(args) {
  const bin = join(root, "node_modules", ".bin");
  const separator = process.platform === "win32" ? ";" : ":";
  const child = spawn(findNode(), args, {
    cwd: root,
    // The channel tells the child when this process is gone, however it went.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${bin}${separator}${process.env.PATH ?? ""}` },
  });
  // The terminal sends SIGINT to the whole group, a supervisor to this process only: hand on both.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  // npm's scripts replace its shell by us (`exec`; exec.cmd on Windows), for the shell keeps SIGINT to
  // itself. So npm hands on signals, and lives as long as we do unless it is killed outright: then the
  // child is to end at once, for whoever does that does not wait for ports and data to come free.
  // Anybody else who started us and is gone lets the child end in peace.
  const parent = process.ppid;
  const farewell = isNpm(parent) ? "SIGKILL" : "SIGTERM";
  setInterval(() => {
    if (process.ppid !== parent) child.kill(farewell);
  }, 200).unref();
  child.on("exit", (code, signal) => {
    process.exit(code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1));
  });
}

/** Whether a process is npm, where the system tells. */
function isNpm(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("npm");
  } catch {
    return false;
  }
}
