import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Round, round, runLoad } from "../load/load.ts";
import { accepting } from "./orders.ts";
import { type Outlet, publish, startOutlet } from "./outlet.ts";

interface Seen extends Round {
  /** From the command to the file that says that it is ready. */
  startMs: number;
  /** What both processes hold after the load. */
  memoryMb: number;
}

/** What many may be in terms of one: at most so much of start and memory, at least so many accepted. */
const limits = { start: 2, memory: 1.3, accepted: 0.95 };

type Load = { rounds: number; connections: number; warmUpMs: number; durationMs: number };

/**
 * What many published bots cost those that are called: two instances that take turns, one with a bot
 * and one with so many, each started anew for a round.
 * @param args of `npm start`.
 */
export async function manyBots(count: number, args: string[], load: Load) {
  const folders = {
    one: await mkdtemp(join(tmpdir(), "outlet-one-")),
    many: await mkdtemp(join(tmpdir(), "outlet-many-")),
  };
  try {
    // Both are started again afterwards: the first start makes more than bots.
    await fill(folders.one, 1);
    const publishing = await fill(folders.many, count);
    const seen: Record<string, Seen[]> = { one: [], many: [] };
    for (let n = 0; n < load.rounds; n++) {
      const turn = Object.entries(folders);
      for (const [name, dataDir] of n % 2 === 0 ? turn : turn.toReversed()) {
        seen[name]?.push(await look(dataDir, [...args, ...capsOf(count)], load));
      }
    }
    const of = (name: string, pick: (one: Seen) => number) => median((seen[name] ?? []).map(pick));
    const ratio = (pick: (one: Seen) => number) => round(of("many", pick) / of("one", pick), 2);
    const ratios = {
      start: ratio(({ startMs }) => startMs),
      memory: ratio(({ memoryMb }) => memoryMb),
      accepted: ratio(({ perSecond }) => perSecond),
      cpu: ratio(({ cpuUs }) => Object.values(cpuUs).reduce((sum, us) => sum + us, 0)),
    };
    const good =
      ratios.start <= limits.start &&
      ratios.memory <= limits.memory &&
      ratios.accepted >= limits.accepted;
    return { count, publishing, ratios, limits, good, rounds: seen };
  } finally {
    for (const dataDir of Object.values(folders)) await rm(dataDir, { recursive: true });
  }
}

/** Each start publishes one more. */
const capsOf = (count: number) => ["--caps", `bots=${count + 100},publications=${count + 100}`];

/** Bots side by side, as far as one instance publishes them at once. */
const atOnce = 8;

/** @returns how long one of them takes, at the beginning and at the end, and all together. */
async function fill(dataDir: string, count: number) {
  const outlet = await startOutlet({ dataDir, args: capsOf(count) });
  const begun = performance.now();
  const took: number[] = [];
  try {
    for (let left = count - 1; left > 0; left -= atOnce) {
      const some = Array.from({ length: Math.min(left, atOnce) }, () =>
        publish(outlet.owner, { throttle: null, quota: null }),
      );
      took.push(...(await Promise.all(some)).map(({ publishMs }) => publishMs));
    }
  } finally {
    await outlet.stop();
  }
  return {
    atOnce,
    firstMs: Math.round(median(took.slice(0, 3 * atOnce))),
    lastMs: Math.round(median(took.slice(-3 * atOnce))),
    allSeconds: Math.round((performance.now() - begun) / 1_000),
  };
}

async function look(dataDir: string, args: string[], load: Load): Promise<Seen> {
  const outlet = await startOutlet({ dataDir, args });
  try {
    const figures = await runLoad({ ...load, ...accepting(outlet) }, outlet.pids);
    return { ...figures, startMs: round(outlet.startMs), memoryMb: await memoryOf(outlet) };
  } finally {
    await outlet.stop();
  }
}

/** Resident memory, where the system tells of it (proc_pid_status(5)). */
async function memoryOf({ pids }: Outlet): Promise<number> {
  let kib = 0;
  for (const pid of Object.values(pids)) {
    const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    kib += Number(/^VmRSS:\s*(\d+)/m.exec(text)?.[1] ?? Number.NaN);
  }
  return round(kib / 1_024);
}
