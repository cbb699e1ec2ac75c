import { readFile } from "node:fs/promises";

/** Linux counts in hundredths of a second (`getconf CLK_TCK`), on every machine in use. */
const tickMs = 10;

/** Processor time that a process has used, in milliseconds; NaN where the system does not tell. */
export async function cpuMsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in brackets may hold anything: what follows its end are numbers (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
