import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const kilobyte = 1024;

/** What a process holds of the machine's memory, in bytes; `undefined` where nobody tells, or it is gone. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === "linux")
      return ofStatus(await readFile(`/proc/${pid}/status`, "utf8"));
    if (process.platform === "win32") return undefined;
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)]);
    return Number(stdout.trim()) * kilobyte || undefined;
  } catch {
    return undefined;
  }
}

function ofStatus(status: string): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * kilobyte;
}
