/**
 * Streaming, embedded: `npm run bench:streams [-- streams]`. Prints JSON; exits non-zero where the
 * median of what lies between the model's first token and the client's is above 60 ms, a stream does
 * not end as its answer does, or memory grows from round to round.
 *
 * The model is a server of the bench's own that speaks OpenAI's protocol, so that the moment of its
 * first token is known. The runtime is a process of its own, as users start it. What streaming writes
 * is counted at the table, over the real adapter.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countWrites } from "./streams/writes.ts";

const streams = Number(process.argv[2] ?? 200);
const firstTokenMaxMs = 60;
/** Rounds of as many streams; what memory does is told from the later ones. */
const rounds = 4;
/** Bytes that the runtime may be larger after the last round than after the second. */
const growthMaxMb = 60;

interface Bot {
  endpoint: string;
  apiKey: string;
}

/** When the model said the first token of each question, by its number. */
const firstTokens = new Map<string, number>();
let words = 40;

const model = createServer((req, res) => {
  speak(req, res).catch(() => res.destroy());
});

async function speak(req: IncomingMessage, res: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of req) body += String(chunk);
  const number = /number (\S+)\?/.exec(body)?.[1] ?? "";
  res.writeHead(200, { "content-type": "text/event-stream" });
  const say = (delta: object, more: object = {}) =>
    res.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, ...more }] })}\n\n`);
  await pause(100);
  firstTokens.set(number, performance.now());
  for (let word = 0; word < words; word++) {
    say({ content: `word${word} ` });
    await pause(20);
  }
  say({}, { finish_reason: "stop" });
  res.end(
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: words } })}\n\ndata: [DONE]\n\n`,
  );
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(dataDir: string, modelUrl: string) {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(import.meta.resolve("@outlet/local/cli/start")),
      ...["--port", "0", "--data", dataDir],
      ...["--model-backend", "openai", "--openai-base-url", modelUrl],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const ready = await readFile(join(dataDir, "ready.json"), "utf8").catch(() => undefined);
    if (ready) {
      // Written whole by the runtime that we started.
      const { sampleBot } = JSON.parse(ready) as { sampleBot: Bot };
      return {
        bot: sampleBot,
        rssMb: () => rssOf(child.pid ?? 0),
        async stop() {
          child.kill("SIGTERM");
          await exited;
        },
      };
    }
    await pause(50);
  }
  child.kill("SIGKILL");
  throw new Error("The runtime did not start.");
}

/** Resident memory as Linux tells it; absent elsewhere. */
async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

interface Streamed {
  text: string;
  firstAt: number;
  isWhole: boolean;
}

/** The same, and again while the bot's throttle says so. */
async function streamPatiently(bot: Bot, number: string): Promise<Streamed> {
  for (;;) {
    const streamed = await stream(bot, number);
    if (streamed) return streamed;
    await pause(1_000);
  }
}

/** Sends a message and reads its events to the end. @returns `undefined` where it was throttled. */
function stream(bot: Bot, number: string): Promise<Streamed | undefined> {
  return new Promise((resolve, reject) => {
    const req = request(`${bot.endpoint}/conversation`, {
      method: "POST",
      agent: false,
      headers: { "x-api-key": bot.apiKey, accept: "text/event-stream" },
    });
    req.once("error", reject);
    req.once("response", (res) => {
      if (res.statusCode === 429) {
        res.resume();
        return resolve(undefined);
      }
      let text = "";
      let firstAt = 0;
      res.setEncoding("utf8");
      res.on("data", (chunk: string) => {
        text += chunk;
        if (firstAt === 0 && text.includes("event: text\n")) firstAt = performance.now();
      });
      res.once("error", reject);
      res.once("end", () =>
        resolve({ text: joined(text), firstAt, isWhole: text.includes('"status":"completed"') }),
      );
    });
    const content = [{ contentType: "text", body: `What is Outlet, number ${number}?` }];
    req.end(JSON.stringify({ message: { content } }));
  });
}

const joined = (events: string): string =>
  [...events.matchAll(/event: text\ndata: (.*)\n/g)]
    .map(([, data]) => (JSON.parse(data ?? "{}") as { text: string }).text)
    .join("");

const quantile = (values: number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN).toFixed(1));
};

async function measureFirstTokens(bot: Bot): Promise<number[]> {
  const added: number[] = [];
  for (let n = -3; n < 40; n++) {
    const { firstAt } = await streamPatiently(bot, `f${n}`);
    if (n >= 0) added.push(firstAt - (firstTokens.get(`f${n}`) ?? Number.NaN));
  }
  return added;
}

/** All at once. @returns how many did not end as their answer does. */
async function measureRound(bot: Bot, round: number) {
  const begun = performance.now();
  const expected = Array.from({ length: words }, (_, word) => `word${word} `).join("");
  const all = await Promise.all(
    Array.from({ length: streams }, (_, n) => streamPatiently(bot, `r${round}-${n}`)),
  );
  const broken = all.filter(({ text, isWhole }) => !isWhole || text !== expected).length;
  return { broken, seconds: Number(((performance.now() - begun) / 1000).toFixed(1)) };
}

const dataDir = await mkdtemp(join(tmpdir(), "outlet-streams-"));
await new Promise<void>((resolve) => model.listen(0, "127.0.0.1", resolve));
const { port } = model.address() as AddressInfo;
const runtime = await start(dataDir, `http://127.0.0.1:${port}/v1`);
try {
  const added = await measureFirstTokens(runtime.bot);
  const firstToken = { p50: quantile(added, 0.5), p95: quantile(added, 0.95) };
  words = 100;
  const many: object[] = [];
  const rss: number[] = [];
  let broken = 0;
  for (let round = 0; round < rounds; round++) {
    const figures = await measureRound(runtime.bot, round);
    rss.push(await runtime.rssMb());
    broken += figures.broken;
    many.push({ streams, ...figures, rssMb: rss.at(-1) });
  }
  const growthMb = (rss.at(-1) ?? 0) - (rss[1] ?? 0);
  const writes = await countWrites();
  const figures = { firstTokenAddedMs: firstToken, firstTokenMaxMs, many, growthMb, writes };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  const isGood = firstToken.p50 <= firstTokenMaxMs && broken === 0 && growthMb <= growthMaxMb;
  process.exitCode = isGood ? 0 : 1;
} finally {
  await runtime.stop();
  model.close();
  await rm(dataDir, { recursive: true, force: true });
}
