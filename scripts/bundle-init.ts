/**
 * What a cold start loads: `npm run bench:init`. Size of each hot path's bundle, and how much longer
 * Node takes with it than bare, in fresh processes that take turns, and what it then holds of memory. Prints JSON; exits non-zero where
 * a bundle is larger than it may be, or takes more than twice as long as it may on a quiet machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleFunction, bundleTo } from "./bundle.ts";

const rounds = Number(process.argv[2] ?? 15);
/** Milliseconds over bare Node, and KiB. */
const limits: Record<string, { ms: number; kib: number }> = {
  authorizer: { ms: 10, kib: 100 },
  "published-api": { ms: 25, kib: 212 },
  worker: { ms: 60, kib: 430 },
};

/** What a deployment links to the functions. */
const resources = {
  Installation: { region: "eu-central-1", models: "claude-v4.5-haiku", inferenceProfiles: "off" },
  Table: { name: "outlet" },
  Payloads: { name: "outlet" },
  RunQueue: { url: "https://sqs.eu-central-1.amazonaws.com/000000000000/runs" },
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

/** Asked for its resident memory, a script says that. */
const tell = `if (process.argv[2]) {
  const { writeSync } = await import("node:fs");
  writeSync(1, String(process.memoryUsage.rss()));
}`;

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

/** Resident memory of a process that has loaded a script, in MB. */
function residentOf(script: string): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "resident"], { env });
  if (status !== 0) throw new Error(`${script}: ${String(stderr)}`);
  return Number(String(stdout)) / 1_000_000;
}

function timeOf(script: string): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [script], { env });
  if (status !== 0) throw new Error(`${script}: ${String(stderr)}`);
  return performance.now() - begun;
}

try {
  const scripts = new Map([["bare", join(folder, "bare.mjs")]]);
  await writeFile(join(folder, "bare.mjs"), `${runtime}\nprocess.exit(0);`);
  await writeFile(join(folder, "sst.mjs"), sst);
  const sizes = new Map<string, number>();
  for (const name of Object.keys(limits)) {
    const entry = await bundleTo(name, join(folder, name), join(folder, "sst.mjs"));
    sizes.set(name, (await bundleFunction(name)).bytes / 1024);
    const script = join(folder, `${name}.mjs`);
    const load = `await import(${JSON.stringify(pathToFileURL(entry).href)});`;
    await writeFile(script, `${runtime}\n${load}\n${tell}\nprocess.exit(0);`);
    scripts.set(name, script);
  }
  const times = new Map([...scripts.keys()].map((name) => [name, [] as number[]]));
  for (let n = -1; n < rounds; n++) {
    for (const [name, script] of scripts) {
      const ms = timeOf(script);
      if (n >= 0) times.get(name)?.push(ms);
    }
  }
  const bare = median(times.get("bare") ?? []);
  const figures = Object.entries(limits).map(([name, limit]) => ({
    name,
    kib: round(sizes.get(name) ?? Number.NaN),
    overBareMs: round(median(times.get(name) ?? []) - bare),
    residentMb: round(residentOf(scripts.get(name) ?? "")),
    limit,
    rounds: times.get(name)?.map((ms) => round(ms)),
  }));
  process.stdout.write(`${JSON.stringify({ bareMs: round(bare), figures }, null, 2)}\n`);
  const isGood = figures.every(
    ({ kib, overBareMs, limit }) => kib <= limit.kib && overBareMs <= limit.ms * 2,
  );
  process.exitCode = isGood ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
