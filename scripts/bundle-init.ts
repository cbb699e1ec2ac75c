/**
 * What a cold start loads: `npm run bench:init [-- rounds]`. Size of each hot path's bundle, and how
 * much longer Node takes than with an empty module, until the bundle is loaded and until the turn
 * behind it has ended, in which it loads Node's `https`; in fresh processes that take turns, with what
 * they then hold of memory. Prints JSON; exits non-zero where a bundle is larger than it may be, or
 * takes more than twice the processor time that it may on a quiet machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { budgetsKib, bundleFunction, bundleTo } from "./bundle.ts";

const rounds = Number(process.argv[2] ?? 15);

/** Milliseconds over Node with an empty module, until a bundle is loaded. */
const limitsMs: Record<string, number> = { authorizer: 10, "published-api": 25, worker: 60 };

/** What a deployment links to the functions. */
const resources = {
  Installation: { region: "eu-central-1", models: "claude-v4.5-haiku", inferenceProfiles: "off" },
  Table: { name: "outlet" },
  Payloads: { name: "outlet" },
  RunQueue: { url: "https://sqs.eu-central-1.amazonaws.com/000000000000/runs" },
  WebhookQueue: { url: "https://sqs.eu-central-1.amazonaws.com/000000000000/webhooks" },
  KeyPepper: { value: Buffer.alloc(32, 7).toString("base64") },
};

/** As the package of that name reads what is linked. */
const sst = `export const Resource = new Proxy({}, {
  get: (_, name) => JSON.parse(process.env["SST_RESOURCE_" + name] ?? '""'),
});`;

/** Lambda's own global, which is there before a function is loaded. */
const runtime = `globalThis.awslambda = {
  streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream },
};`;

/** What it took until here: of the clock since the process began, and of processors in all threads. */
const tell = `
const now = () => {
  const { user, system } = process.cpuUsage();
  return { ms: performance.now(), cpuMs: (user + system) / 1_000 };
};
const loaded = now();
await new Promise(setImmediate);
const ready = now();
const residentMb = process.memoryUsage.rss() / 1_000_000;
process.getBuiltinModule("node:fs").writeSync(1, JSON.stringify({ loaded, ready, residentMb }));
process.exit(0);`;

interface Took {
  ms: number;
  cpuMs: number;
}

interface Start {
  loaded: Took;
  /** With what is loaded in the turn behind it. */
  ready: Took;
  residentMb: number;
}

const folder = await mkdtemp(join(tmpdir(), "outlet-init-"));
const env = {
  PATH: process.env.PATH,
  ...Object.fromEntries(
    Object.entries(resources).map(([name, value]) => [
      `SST_RESOURCE_${name}`,
      JSON.stringify(value),
    ]),
  ),
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

const round = (value: number): number => Number(value.toFixed(1));

function start(script: string): Start {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env });
  if (status !== 0) throw new Error(`${script}: ${String(stderr)}`);
  // Our own script's.
  return JSON.parse(String(stdout)) as Start;
}

/** @param module that a script loads as Lambda's runtime loads a function's. */
async function scriptOf(name: string, module: string): Promise<string> {
  const script = join(folder, `${name}.mjs`);
  const load = `await import(${JSON.stringify(pathToFileURL(module).href)});`;
  await writeFile(script, `${runtime}\n${load}${tell}`);
  return script;
}

async function scripts(): Promise<Map<string, string>> {
  await writeFile(join(folder, "sst.mjs"), sst);
  const empty = join(folder, "empty.module.mjs");
  await writeFile(empty, "export {};");
  const all = new Map([["bare", await scriptOf("bare", empty)]]);
  for (const name of Object.keys(limitsMs)) {
    const entry = await bundleTo(name, join(folder, name), join(folder, "sst.mjs"));
    all.set(name, await scriptOf(name, entry));
  }
  return all;
}

async function measure() {
  const all = await scripts();
  const starts = new Map([...all.keys()].map((name) => [name, [] as Start[]]));
  for (let n = -1; n < rounds; n++) {
    // Who comes first in one round comes last in the next.
    for (const [name, script] of n % 2 === 0 ? all : [...all].toReversed()) {
      const one = start(script);
      if (n >= 0) starts.get(name)?.push(one);
    }
  }
  const of = (name: string, pick: (one: Start) => number) =>
    median((starts.get(name) ?? []).map(pick));
  const tookOf = (name: string, when: "loaded" | "ready"): Took => ({
    ms: of(name, (one) => one[when].ms),
    cpuMs: of(name, (one) => one[when].cpuMs),
  });
  const overBare = (name: string, when: "loaded" | "ready"): Took => {
    const [took, bare] = [tookOf(name, when), tookOf("bare", when)];
    return { ms: round(took.ms - bare.ms), cpuMs: round(took.cpuMs - bare.cpuMs) };
  };
  const figures = [];
  for (const [name, limitMs] of Object.entries(limitsMs)) {
    const { bytes } = await bundleFunction(name);
    figures.push({
      name,
      kib: round(bytes / 1024),
      kibMost: budgetsKib[name] ?? Number.NaN,
      loadedOverBare: overBare(name, "loaded"),
      readyOverBare: overBare(name, "ready"),
      limitMs,
      residentMb: round(of(name, ({ residentMb }) => residentMb)),
      rounds: starts.get(name)?.map(({ loaded }) => round(loaded.ms)),
    });
  }
  const { ms, cpuMs } = tookOf("bare", "loaded");
  const good = figures.every(
    ({ kib, kibMost, loadedOverBare, limitMs }) =>
      kib <= kibMost && loadedOverBare.cpuMs <= limitMs * 2,
  );
  return { bare: { ms: round(ms), cpuMs: round(cpuMs) }, figures, good };
}

try {
  const result = await measure();
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = result.good ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
