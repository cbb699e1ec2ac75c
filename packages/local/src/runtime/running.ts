import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where this user's running Outlets note their data folders, by process id, so that a command finds
 * one without being told. For its owner's eyes only; what others have put there is not looked at.
 */
const folder = (env: NodeJS.ProcessEnv): string =>
  join(env["OUTLET_RUNNING"] ?? tmpdir(), `outlet-running-${userInfo().username}`);

/** @returns what takes the note back. A machine that allows none is no reason not to run. */
export function noteRunning(dataDir: string, env: NodeJS.ProcessEnv = process.env): () => void {
  const path = join(folder(env), String(process.pid));
  try {
    mkdirSync(folder(env), { recursive: true, mode: 0o700 });
    writeFileSync(path, dataDir, { mode: 0o600 });
  } catch {
    return () => {};
  }
  return () => rmSync(path, { force: true });
}

/** Data folders of Outlets that run, as their own notes have it. */
export function listRunning(env: NodeJS.ProcessEnv = process.env): string[] {
  if (!isOurs(folder(env))) return [];
  const dataDirs = readdirSync(folder(env)).flatMap((name) => {
    if (isAlive(Number(name))) return [readFileSync(join(folder(env), name), "utf8")];
    rmSync(join(folder(env), name), { force: true });
    return [];
  });
  return [...new Set(dataDirs)].toSorted();
}

/**
 * The data folder that a command is about: the one that is named, else the one in the present folder,
 * else that of the only Outlet that runs.
 * @returns `undefined` where nothing runs.
 * @throws Error that names them where several run.
 */
export function findRunning(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const running = listRunning(env);
  const here = resolve(".outlet");
  if (running.includes(here) || running.length === 0)
    return running.length === 0 ? undefined : here;
  if (running.length === 1) return running[0];
  const each = running.map((dataDir) => `  --data ${dataDir}`).join("\n");
  throw new Error(`Several Outlets are running. Say which one you mean:\n${each}`);
}

function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return false;
  // Windows has no such owner: its folder for temporary files is the user's own.
  return process.getuid === undefined || found.uid === process.getuid();
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
