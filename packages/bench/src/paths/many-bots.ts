import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Round, round, runLoad } from "../load/load.ts";
import { accepting } from "./orders.ts";
import { type Outlet, publish, startOutlet } from "./outlet.ts";

/** An instance in one round. */
interface Seen {
  /** From the command to the file that says that it is ready. */
  startMs: number;
  /** What both processes hold after the load. */
  memoryMb: number;
  bursts: Round[];
}

/** What many may be in terms of one: at most so much of start and memory, at least so many accepted. */
const limits = { start: 2, memory: 1.3, accepted: 0.95 };

type Name = "one" | "many";
type Load = { rounds: number; connections: number };

/** Each of both is the first to start in one. */
const rounds = 2;
/** Requests are sent for so long at a time. */
const burstMs = 600;
/** Before the first of an instance, and before any other. */
const warmUpsMs = [2_500, 150] as const;

/**
 * What many published bots cost those that are called: two instances side by side, one with a bot and
 * one with so many, each started anew for a round from its folder as it was at first. Requests are
 * sent to one at a time, for a short while each, and neighbours are compared: the machine itself
 * changes in a round.
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
    const seen: Record<Name, Seen>[] = [];
    for (let n = 0; n < rounds; n++) {
      seen.push(await lookAt(folders, n, [...args, ...capsOf(count)], load));
    }
    const ofStarts = (pick: (one: Seen) => number): number =>
      round(
        median(seen.map(({ many }) => pick(many))) / median(seen.map(({ one }) => pick(one))),
        2,
      );
    // Round by round: whoever is started first is faster by a tenth, and each of them is once.
    const ofBursts = (pick: (one: Round) => number): number => {
      const ofRound = ({ one, many }: Record<Name, Seen>) =>
        median(many.bursts.map((burst, i) => pick(burst) / pick(one.bursts[i] ?? burst)));
      return round(median(seen.map(ofRound)), 2);
    };
    const ratios = {
      start: ofStarts(({ startMs }) => startMs),
      memory: ofStarts(({ memoryMb }) => memoryMb),
      accepted: ofBursts(({ perSecond }) => perSecond),
      cpu: ofBursts(({ cpuUs }) => Object.values(cpuUs).reduce((sum, us) => sum + us, 0)),
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

/**
 * A round. Who comes first in one comes last in the next, and so it is with its bursts.
 * @param load.rounds for each of them six bursts.
 */
async function lookAt(
  folders: Record<Name, string>,
  n: number,
  args: string[],
  load: Load,
): Promise<Record<Name, Seen>> {
  const running: { name: string; outlet: Outlet; bursts: Round[] }[] = [];
  const copies: string[] = [];
  const inTurn = <T>(all: T[], at: number): T[] => (at % 2 === 0 ? all : all.toReversed());
  try {
    for (const [name, folder] of inTurn(Object.entries(folders), n)) {
      // What a round accepts stays open, and would burden the next.
      const dataDir = `${folder}-${n}`;
      copies.push(dataDir);
      await cp(folder, dataDir, { recursive: true });
      running.push({ name, outlet: await startOutlet({ dataDir, args }), bursts: [] });
    }
    for (let i = 0; i < 6 * load.rounds; i++) {
      const warmUpMs = i === 0 ? warmUpsMs[0] : warmUpsMs[1];
      const order = { connections: load.connections, warmUpMs, durationMs: burstMs };
      for (const { outlet, bursts } of inTurn(running, i)) {
        bursts.push(await runLoad({ ...order, ...accepting(outlet) }, outlet.pids));
      }
    }
    const seen = running.map(async ({ name, outlet, bursts }): Promise<[string, Seen]> => {
      const memoryMb = await memoryOf(outlet);
      return [name, { startMs: round(outlet.startMs), memoryMb, bursts }];
    });
    // One for each of the folders.
    return Object.fromEntries(await Promise.all(seen)) as Record<Name, Seen>;
  } finally {
    await Promise.all(running.map(({ outlet }) => outlet.stop()));
    for (const dataDir of copies) await rm(dataDir, { recursive: true, force: true });
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
