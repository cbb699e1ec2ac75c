import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { typedPath } from "../runtime/data-folder.ts";
import { readOptions } from "../runtime/options.ts";
import type { Ready } from "../runtime/ready-file.ts";
import { findRunning } from "../runtime/running.ts";
import { startRuntime } from "../runtime/runtime.ts";
import { type Answer, type Demo, runDemo, type Step } from "./demo-steps.ts";

const usage = `Publishes a bot on an embedded Outlet and talks to it through its own endpoint.

  npm run demo -- [--data DIR] [--json]

  --data DIR   use the Outlet that runs on this data folder (else the one that is found running,
               or one that is started for the demo)
  --json       print one JSON document instead of progress
  --help       this text
`;

const root = fileURLToPath(new URL("../../../../", import.meta.url));

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readArguments();
  if (!options) return 2;
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const steps: Step[] = [];
  const demo: Demo = { endpoint: null, answers: [] };
  const interruption = interrupted();
  const run: Run = (name, act) =>
    step(steps, options.json, name, () => Promise.race([act(), interruption]));
  const cleanUps: CleanUp[] = [];
  let ok = false;
  try {
    const ready = await run("find or start Outlet", () => find(options.data, cleanUps));
    if (ready) {
      const showAnswer = options.json ? () => {} : printAnswer;
      ok = await runDemo({ ready, documents: await documents(), run, demo, showAnswer });
    }
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ok, steps, ...demo })}\n`);
  } else {
    process.stdout.write(ok ? "\nEvery step held.\n" : "\nThe demo failed: see the step above.\n");
  }
  return ok ? 0 : 1;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      strict: true,
      options: {
        data: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return undefined;
  }
}

type Run = <T>(name: string, act: () => Promise<T>) => Promise<T | undefined>;
type CleanUp = () => Promise<unknown>;

/** Rejects at the first signal, so that the step under way fails and what was started is ended. */
function interrupted(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // A terminal sends it to every process of ours, each of which hands it on: it comes again.
    process.on(signal, () => reject(new Error(`Interrupted (${signal}).`)));
  }
  // Steps race it; between two of them nobody does.
  promise.catch(() => {});
  return promise;
}

async function find(data: string | undefined, cleanUps: CleanUp[]): Promise<Ready> {
  const running = data === undefined ? findRunning() : typedPath(data, process.env);
  if (running === undefined) return startOwn(cleanUps);
  const path = join(running, "ready.json");
  try {
    return JSON.parse(await readFile(path, "utf8")) as Ready;
  } catch (cause) {
    throw new Error(
      `No Outlet runs on ${running}: ${path} cannot be read. Start it with npm start.`,
      {
        cause,
      },
    );
  }
}

/** An Outlet of its own, on a free port and a data folder that goes with it. */
async function startOwn(cleanUps: CleanUp[]): Promise<Ready> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-demo-"));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  const options = readOptions(["--port", "0", "--data", dataDir], {});
  if (!options) throw new Error("The demo's own options were not understood.");
  const starting = startRuntime(options);
  cleanUps.push(() =>
    starting.then(
      (runtime) => runtime.stop(),
      () => {},
    ),
  );
  return (await starting).ready;
}

/** The bot's knowledge: this project's own README and documentation. */
async function documents(): Promise<{ name: string; text: string }[]> {
  const docs = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md")).sort();
  const paths = ["README.md", ...docs.map((name) => `docs/${name}`)];
  return Promise.all(
    paths.map(async (name) => ({ name, text: await readFile(join(root, name), "utf8") })),
  );
}

/** Does one step, notes how it went, and tells a person as it happens. */
async function step<T>(
  steps: Step[],
  json: boolean,
  name: string,
  act: () => Promise<T>,
): Promise<T | undefined> {
  const live = process.stdout.isTTY && !json;
  if (live) process.stdout.write(`  …  ${name}`);
  const begin = performance.now();
  const done = (entry: Pick<Step, "ok" | "status" | "detail">) => {
    const ms = Math.round(performance.now() - begin);
    steps.push({ name, ms, ...entry });
    const detail = entry.detail ? `: ${entry.detail}` : "";
    if (!json) {
      process.stdout.write(
        `\r  ${entry.ok ? "ok" : "✗ "} ${name} (${ms} ms)${entry.ok ? "" : detail}\n`,
      );
    }
  };
  try {
    const value = await act();
    const status = statusOf(value);
    done({ ok: true, ...(status === undefined ? {} : { status }) });
    return value;
  } catch (error) {
    done({ ok: false, detail: reasonOf(error) });
    return undefined;
  }
}

/** With what is behind it: `fetch` says only that it failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  return cause instanceof Error && cause.message ? `${message}: ${cause.message}` : message;
}

function statusOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("status" in value)) return undefined;
  return typeof value.status === "number" ? value.status : undefined;
}

function printAnswer({ question, answer }: Answer): void {
  process.stdout.write(
    `\n     You: ${question}\n     Bot: ${answer.replaceAll("\n", "\n          ")}\n\n`,
  );
}
