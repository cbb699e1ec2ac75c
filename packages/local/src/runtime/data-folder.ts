import { constants } from "node:fs";
import { access, chmod, lstat, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * A folder as somebody typed it: relative to where they are. npm runs programs in the project's own
 * folder, wherever it was called (`npm --prefix`), and says where that was in `INIT_CWD`.
 */
export function typedPath(path: string, env: Record<string, string | undefined>): string {
  return resolve(env["INIT_CWD"] || ".", path);
}

/** What is made in a data folder, now or by earlier versions. */
const kept =
  /^(dynamodb|queue|stacks|access-logs|metrics|(gateway|oidc|tool-secrets|vectors)\.sqlite(-\w+)?|tool-secrets\.key|outlet\.log(\.\d+)?|(secrets|ready|sample-bot)\.json|sockets\.txt)$/;

/**
 * Makes the folder where everything is kept, unless it is there. What it holds of ours, and all that
 * this process makes from here on, is for this user's eyes only, whoever may look into the folder.
 * @throws Error that names the folder and what is wrong with it.
 */
export async function prepareDataFolder(path: string): Promise<void> {
  // SQLite is not told a mode, and neither are files made by parts that others wrote.
  process.umask(0o077);
  try {
    await makeFolder(path);
    if (!(await stat(path)).isDirectory()) throw new Error("it is not a folder");
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of await readdir(path)) if (kept.test(name)) await close(join(path, name));
  } catch (cause) {
    throw new Error(
      `the data folder ${path} cannot be used: ${reasonOf(cause)}. Choose another with --data.`,
      { cause },
    );
  }
}

/** Takes a file, or a folder with all below it, from everybody else. Links are followed nowhere. */
async function close(path: string): Promise<void> {
  try {
    const entry = await lstat(path);
    if (entry.isSymbolicLink()) return;
    const mode = entry.mode & 0o777;
    if (mode & 0o077) await chmod(path, mode & 0o700);
    if (!entry.isDirectory()) return;
    for (const name of await readdir(path)) await close(join(path, name));
  } catch (error) {
    // Another instance may be ending in there still.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Not Node's own recursive `mkdir`, which never comes back where /proc refuses a folder. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    const parent = dirname(path);
    if (await isThere(parent)) throw error;
    await makeFolder(parent);
    await mkdir(path, { mode: 0o700 });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

const reasons = new Map(
  Object.entries({
    EACCES: "you may not write there",
    EPERM: "you may not write there",
    ENOENT: "no folder can be made there",
    ENOTDIR: "part of its path is a file",
    EROFS: "its file system is read-only",
    ENOSPC: "its file system is full",
  }),
);

function reasonOf(error: unknown): string {
  const known = reasons.get(codeOf(error) ?? "");
  return known ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
