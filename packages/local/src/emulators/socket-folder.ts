import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/**
 * Where what only this program's own processes may reach listens: sockets in a folder for its
 * owner's eyes only. No browser can name one, and no other user of the machine can open one.
 */
export interface SocketFolder {
  /** Empty where sockets have names and no place, as on Windows. */
  path: string;
  socket(name: string): string;
  remove(): void;
}

const prefix = "outlet-sockets-";

/**
 * Not in the data folder: a socket's path has room for about 100 bytes (`sun_path`, unix(7)), and
 * there are file systems without sockets.
 */
export function createSocketFolder(platform: NodeJS.Platform = process.platform): SocketFolder {
  if (platform === "win32") {
    // Its default ACL lets nobody but this user write, and so nobody ask.
    const secret = randomBytes(16).toString("hex");
    return { path: "", socket: (name) => `\\\\.\\pipe\\outlet-${secret}-${name}`, remove() {} };
  }
  const place = tmpdir();
  return openFolder(mkdtempSync(join(place.length > 60 ? "/tmp" : place, prefix)));
}

function openFolder(path: string): SocketFolder {
  return {
    path,
    socket: (name) => join(path, `${name}.sock`),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/**
 * Notes in the data folder which folder is in use, and removes the one that a killed predecessor
 * left. Call it as the only user of the data folder.
 */
export function succeed(dataDir: string, path: string): void {
  const note = join(dataDir, "sockets.txt");
  const old = readNote(note);
  // Whatever a note says, nothing but such a folder is removed.
  if (old !== path && basename(old).startsWith(prefix) && ["/tmp", tmpdir()].includes(dirname(old)))
    rmSync(old, { recursive: true, force: true });
  writeFileSync(note, path, { mode: 0o600 });
  chmodSync(note, 0o600);
}

function readNote(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
