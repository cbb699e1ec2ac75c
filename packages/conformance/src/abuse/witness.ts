import { readdirSync, readFileSync } from "node:fs";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { request } from "node:http";

/** What somebody else saw while an attack went on. */
export interface Sight {
  /** The slowest answer to `/health`, milliseconds, and how many there were. */
  slowestMs: number;
  looks: number;
  /** Answers that were not 200. */
  failures: string[];
  /** Resident memory of all processes together at its highest, and of the first one; MB. */
  memoryMb: number;
  mainMb: number;
}

export interface Witness {
  /** What was seen since the last time, in three looks at least. */
  seen(): Promise<Sight>;
  stop(): Promise<void>;
}

interface Subject {
  endpoint: string;
  apiKey: string;
  pid: number;
}

const everyMs = 100;
const looksMin = 3;
const patienceMs = 30_000;

/** Somebody else's client, in a thread of its own: what the attacker computes does not slow it down. */
export function startWitness(subject: Subject): Witness {
  const worker = new Worker(new URL(import.meta.url), { workerData: subject });
  const failed = new Promise<never>((_, reject) => worker.once("error", reject));
  return {
    seen() {
      const told = new Promise<Sight>((resolve) => worker.once("message", resolve));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      worker.postMessage("seen");
      return Promise.race([failed, told]);
    },
    stop: async () => void (await worker.terminate()),
  };
}

const nothing = (): Sight => ({ slowestMs: 0, looks: 0, failures: [], memoryMb: 0, mainMb: 0 });

function look({ endpoint, apiKey }: Subject): Promise<{ ms: number; failure?: string }> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const end = (failure?: string) =>
      resolve({ ms: performance.now() - begun, ...(failure === undefined ? {} : { failure }) });
    const headers = { "x-api-key": apiKey };
    const sent = request(`${endpoint}/health`, { headers, timeout: patienceMs }, (res) => {
      res
        .resume()
        .on("end", () => end(res.statusCode === 200 ? undefined : String(res.statusCode)));
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.on("error", (error) => end(error.message)).end();
  });
}

/** Resident memory of a process and of all that it started, MB. */
function memoryOf(root: number): { memoryMb: number; mainMb: number } {
  const parents = new Map<number, number>();
  const sizes = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      sizes.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
    } catch {
      // It has ended between the two readings: it holds nothing.
    }
  }
  const isOfRoot = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isOfRoot(parents.get(pid) ?? 0));
  let memoryMb = 0;
  for (const [pid, size] of sizes) if (isOfRoot(pid)) memoryMb += size;
  return { memoryMb, mainMb: sizes.get(root) ?? 0 };
}

function watch(subject: Subject): void {
  let sight = nothing();
  const port = parentPort;
  if (!port) return;
  let isAsked = false;
  // An attack may be over before anybody has looked: what it left under way is looked at too.
  const tell = () => {
    if (!isAsked || sight.looks < looksMin) return;
    isAsked = false;
    port.postMessage(sight);
    sight = nothing();
  };
  port.on("message", () => {
    isAsked = true;
    tell();
  });
  const again = async () => {
    const { ms, failure } = await look(subject);
    sight.looks += 1;
    sight.slowestMs = Math.max(sight.slowestMs, ms);
    if (failure !== undefined && sight.failures.length < 20) sight.failures.push(failure);
    tell();
    setTimeout(() => void again(), everyMs);
  };
  void again();
  setInterval(() => {
    const { memoryMb, mainMb } = memoryOf(subject.pid);
    sight.memoryMb = Math.max(sight.memoryMb, memoryMb);
    sight.mainMb = Math.max(sight.mainMb, mainMb);
  }, everyMs);
}

if (parentPort) watch(workerData as Subject);
