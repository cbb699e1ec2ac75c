import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, round, runLoad } from "./load/load.ts";
import { answering } from "./paths/orders.ts";
import { type Outlet, startOutlet } from "./paths/outlet.ts";
import { startUpstream } from "./paths/upstream.ts";

/** What each request may leave behind on a process's heap, in bytes. What is stored lies on the disk. */
const heapPerRequestMax = 500;

/** Requests before the first look: what is made once is made by then. */
const settling = 1_000;

interface Held {
  heapMb: number;
  residentMb: number;
}

/**
 * What an hour's worth of calls leaves behind: messages with their answers, at a rate that would
 * make so many in an hour, sent as fast as they go.
 * @param perSecond the rate.
 */
export async function memory(perSecond: number, connections: number) {
  const requests = perSecond * 3_600;
  const folder = await mkdtemp(join(tmpdir(), "outlet-memory-"));
  const upstream = await startUpstream();
  const outlet = await startOutlet({
    args: ["--model-backend", "openai", "--openai-base-url", upstream.base],
    env: {
      OUTLET_BENCH_MEMORY: folder,
      NODE_OPTIONS: `--import ${fileURLToPath(new URL("memory-probe.ts", import.meta.url))}`,
    },
  });
  try {
    const send = (count: number) =>
      runLoad(
        { ...answering(outlet), connections, count, warmUpMs: 0, durationMs: 3_600_000 },
        outlet.pids,
      );
    await send(settling);
    const looks = [await look(outlet, folder)];
    for (let half = 0; half < 2; half++) {
      await send(requests / 2);
      looks.push(await look(outlet, folder));
    }
    return { perSecond, requests, ...verdict(looks, requests), looks };
  } finally {
    await outlet.stop();
    await upstream.stop();
    await rm(folder, { recursive: true });
  }
}

type Look = Record<string, Held>;

/** @param looks at the beginning, in the middle and at the end of so many requests. */
export function verdict(looks: Look[], requests: number) {
  const heapOf = (at: number, name: string) => looks[at]?.[name]?.heapMb ?? Number.NaN;
  // From the middle to the end: caches with a limit are full by then.
  const perRequest = Object.fromEntries(
    Object.keys(looks[0] ?? {}).map((name) => [
      name,
      Math.round(((heapOf(2, name) - heapOf(1, name)) * 2 ** 20) / (requests / 2)),
    ]),
  );
  return {
    heapBytesPerRequest: perRequest,
    limit: heapPerRequestMax,
    good: Object.values(perRequest).every((bytes) => bytes <= heapPerRequestMax),
  };
}

/** What each process holds once its garbage is gone; the least of three looks. */
async function look({ pids }: Outlet, folder: string): Promise<Look> {
  const held = Object.entries(pids).map(async ([name, pid]) => {
    const looks: Held[] = [];
    for (let n = 0; n < 3; n++) looks.push(await askOnce(pid, folder));
    return [
      name,
      {
        heapMb: Math.min(...looks.map(({ heapMb }) => heapMb)),
        residentMb: round(median(looks.map(({ residentMb }) => residentMb))),
      },
    ] as const;
  });
  return Object.fromEntries(await Promise.all(held));
}

/** @throws Error where the process says nothing within half a minute. */
async function askOnce(pid: number, folder: string): Promise<Held> {
  const file = join(folder, `${pid}.json`);
  await rm(file, { force: true });
  process.kill(pid, "SIGUSR2");
  for (let tries = 0; tries < 1_200; tries++) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) {
      // Written whole by `memory-probe.ts`.
      const { heapUsed, external, rss } = JSON.parse(text) as NodeJS.MemoryUsage;
      return {
        heapMb: round((heapUsed + external) / 2 ** 20, 2),
        residentMb: round(rss / 2 ** 20),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Process ${pid} does not tell what it holds.`);
}
