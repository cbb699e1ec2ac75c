/**
 * Loaded into a process that is measured (`--import`): told to by SIGUSR2, it collects its garbage and
 * writes what it holds to a file of its process's id.
 */
import { renameSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const folder = process.env["OUTLET_BENCH_MEMORY"] ?? "";

process.on("SIGUSR2", () => {
  // What finalisers let go of in the first round is collected in the second.
  collect();
  setImmediate(() => {
    collect();
    const file = `${folder}/${process.pid}`;
    writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
    renameSync(`${file}.new`, `${file}.json`);
  });
});
