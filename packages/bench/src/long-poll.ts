/**
 * What waiting for an answer adds to the model's own time, embedded:
 * `npm run bench:long-poll [-- messages]`. Prints JSON; exits non-zero where the median is
 * above 50 ms.
 *
 * The demo model is paced, so that its own time is known exactly: output tokens through tokens per
 * second. Everything else that passes between sending the message and having read the answer counts
 * as added: the POST, queue, worker, history and knowledge, the last writes, and the waiting request.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const messages = Number(process.argv[2] ?? 40);
const tokensPerSecond = 200;
const addedMaxMs = 50;

interface Bot {
  endpoint: string;
  apiKey: string;
}

/** A process of its own, as users start it: what is measured shares no event loop with it. */
async function start(dataDir: string): Promise<{ bot: Bot; stop(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(import.meta.resolve("@outlet/local/cli/start")),
      ...["--port", "0", "--data", dataDir],
      ...["--demo-tokens-per-second", String(tokensPerSecond)],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error("The runtime did not start.");
    const ready = await readFile(join(dataDir, "ready.json"), "utf8").catch(() => undefined);
    if (ready) {
      // Written whole by the runtime that we started.
      const { sampleBot } = JSON.parse(ready) as { sampleBot: Bot };
      return {
        bot: sampleBot,
        async stop() {
          child.kill("SIGTERM");
          await exited;
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error("The runtime took too long to start.");
}

interface Answer {
  conversationId: string;
  messageId: string;
  usage?: { outputTokens: number };
}

async function call(bot: Bot, path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${bot.endpoint}/conversation${path}`, {
    ...init,
    headers: {
      "x-api-key": bot.apiKey,
      "content-type": "application/json",
      ...(init.headers as Record<string, string> | undefined),
    },
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text) as Answer;
}

const question = (n: number) =>
  JSON.stringify({
    message: { content: [{ contentType: "text", body: `How do I start Outlet, number ${n}?` }] },
  });

/** The two ways to wait: for the POST itself, or in a request that follows it. */
const ways = {
  "Prefer: wait": (bot: Bot, n: number) =>
    call(bot, "", { method: "POST", body: question(n), headers: { prefer: "wait=25" } }),
  "GET ?wait": async (bot: Bot, n: number) => {
    const { conversationId, messageId } = await call(bot, "", {
      method: "POST",
      body: question(n),
    });
    return call(bot, `/${conversationId}/${messageId}?wait=25`, {});
  },
};

interface Sample {
  modelMs: number;
  addedMs: number;
}

async function measure(ask: () => Promise<Answer>): Promise<Sample> {
  const begun = performance.now();
  const { usage } = await ask();
  const totalMs = performance.now() - begun;
  if (!usage) throw new Error("The answer came without its usage.");
  const modelMs = (usage.outputTokens * 1_000) / tokensPerSecond;
  return { modelMs, addedMs: totalMs - modelMs };
}

const quantile = (values: number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN).toFixed(1));
};

const dataDir = await mkdtemp(join(tmpdir(), "outlet-long-poll-"));
const runtime = await start(dataDir);
try {
  const samples = new Map(Object.keys(ways).map((way) => [way, [] as Sample[]]));
  // The first few warm the process up. The ways take turns, so that both see the same machine.
  for (let n = -3; n < messages; n++) {
    for (const [way, ask] of Object.entries(ways)) {
      const sample = await measure(() => ask(runtime.bot, n));
      if (n >= 0) samples.get(way)?.push(sample);
    }
  }
  const figures = [...samples].map(([way, list]) => {
    const added = list.map(({ addedMs }) => addedMs);
    return {
      way,
      messages: list.length,
      modelMs: quantile(
        list.map(({ modelMs }) => modelMs),
        0.5,
      ),
      addedMs: { p50: quantile(added, 0.5), p95: quantile(added, 0.95), max: quantile(added, 1) },
    };
  });
  process.stdout.write(`${JSON.stringify({ addedMaxMs, figures }, null, 2)}\n`);
  process.exitCode = figures.every(({ addedMs }) => addedMs.p50 <= addedMaxMs) ? 0 : 1;
} finally {
  await runtime.stop();
  await rm(dataDir, { recursive: true, force: true });
}
