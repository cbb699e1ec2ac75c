import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The TCP ports on which these processes listen, as Linux tells them (proc(5), /proc/net/tcp). */
export function listeningPorts(pids: readonly number[]): number[] {
  const inodes = new Set(pids.flatMap(socketsOf));
  const ports = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    readFileSync(table, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // 0A is LISTEN.
      .filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? ""))
      .map((fields) => Number.parseInt(fields[1]?.split(":")[1] ?? "", 16)),
  );
  return [...new Set(ports)];
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode ? [inode] : [];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}

/** A process and all that came of it. */
export function processTree(root: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name before it may hold anything but is closed by the last parenthesis (proc_pid_stat(5)).
        const [, parent = ""] = readFileSync(`/proc/${name}/stat`, "utf8").split(/.*\) \w (\d+) /s);
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return [];
      }
    });
  const tree = [root];
  for (const pid of tree) {
    tree.push(...parents.flatMap((one) => (one.parent === pid ? [one.pid] : [])));
  }
  return tree;
}
