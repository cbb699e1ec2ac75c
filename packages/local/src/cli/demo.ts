import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { typedPath } from "../runtime/data-folder.ts";
import { readOptions } from "../runtime/options.ts";
import type { Ready } from "../runtime/ready-file.ts";
import { startRuntime } from "../runtime/runtime.ts";
import { type Answer, type Demo, runDemo, type Step } from "./demo-steps.ts";

const usage = `Publishes a bot on an embedded Outlet and talks to it through its own endpoint.

  npm run demo -- [--data DIR] [--json]

  --data DIR   use the Outlet that runs on this data folder (else one is started for the demo)
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
  let ok = false;
  const outlet = await step(steps, options.json, "find or start Outlet", () => find(options.data));
  if (outlet) {
    try {
      const run = <T>(name: string, act: () => Promise<T>) => step(steps, options.json, name, act);
      const showAnswer = options.json ? () => {} : printAnswer;
      ok = await runDemo({
        ready: outlet.ready,
        documents: await documents(),
        run,
        demo,
        showAnswer,
      });
    } finally {
      await outlet.stop();
    }
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

interface Outlet {
  ready: Ready;
  stop(): Promise<void>;
}

async function find(data: string | undefined): Promise<Outlet> {
  if (data === undefined) return startOwn();
  const path = join(typedPath(data, process.env), "ready.json");
  try {
    return { ready: JSON.parse(await readFile(path, "utf8")) as Ready, stop: async () => {} };
  } catch (cause) {
    throw new Error(`No Outlet runs on ${data}: ${path} cannot be read. Start it with npm start.`, {
      cause,
    });
  }
}

/** An Outlet of its own, on a free port and a data folder that goes with it. */
async function startOwn(): Promise<Outlet> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-demo-"));
  const options = readOptions(["--port", "0", "--data", dataDir], {});
  if (!options) throw new Error("The demo's own options were not understood.");
  const runtime = await startRuntime(options);
  return {
    ready: runtime.ready,
    async stop() {
      await runtime.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
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
    done({ ok: false, detail: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
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
