import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ready } from "./ready-file.ts";
import { clientOf, eventually, type Client } from "./runtime-fixture.ts";
import { signIn } from "../sign-in/sign-in.ts";

/**
 * Ctrl-C, whatever is under way: whoever waits has an answer, or a broken connection, and what was
 * accepted is answered after the next start. A quiet machine takes under 3 s for it, a third of which
 * is the patience with runs in flight; the bound here is for a machine with other things to do.
 */
const boundMs = 15_000;

let dataDir: string;
let model: Server;
let asked: PromiseWithResolvers<void>;
let child: ChildProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-stopping-"));
  // Takes every question, says a word where it is asked to, and then nothing more.
  model = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk: Buffer) => (body += chunk.toString()));
    req.on("end", () => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      if (body.includes("Speak")) {
        const delta = { choices: [{ index: 0, delta: { content: "Well" } }] };
        res.write(`data: ${JSON.stringify(delta)}\n\n`);
      } else res.flushHeaders();
      asked.resolve();
    });
  });
  model.listen(0, "127.0.0.1");
  await once(model, "listening");
});

afterAll(async () => {
  child?.kill("SIGKILL");
  model.closeAllConnections();
  model.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<Ready> {
  asked = Promise.withResolvers();
  const program = fileURLToPath(new URL("../cli/start.ts", import.meta.url));
  const common = ["--port", "0", "--data", dataDir];
  child = spawn(process.execPath, [program, ...common, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const text = await eventually(
    () => readFile(join(dataDir, "ready.json"), "utf8").catch(() => ""),
    (said) => said !== "",
  );
  return JSON.parse(text) as Ready;
}

const startSilent = () => {
  const { port } = model.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1`;
  return start("--model-backend", "openai", "--openai-base-url", url);
};

/** @returns the exit code, and how long it took. */
async function interrupt(): Promise<{ code: number; ms: number }> {
  if (!child) throw new Error("Nothing is running.");
  const exited = once(child, "exit");
  const begun = performance.now();
  child.kill("SIGINT");
  const [code] = (await exited) as [number];
  return { code, ms: performance.now() - begun };
}

async function expectPrompt(): Promise<void> {
  const { code, ms } = await interrupt();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(boundMs);
}

const botOf = ({ sampleBot }: Ready): Client =>
  clientOf(sampleBot.endpoint, { "x-api-key": sampleBot.apiKey });

const message = (body: string) => ({ message: { content: [{ contentType: "text", body }] } });

test("idle, it ends", async () => {
  await startSilent();
  await expectPrompt();
});

test("clients that wait are told how things stand, and their runs end after the next start", async () => {
  const bot = botOf(await startSilent());
  const posted = bot("POST", "/conversation", message("Silence"), { prefer: "wait=25" });
  await asked.promise;
  const other = (await bot("POST", "/conversation", message("Silence too"))).json;
  const path = `/conversation/${other.conversationId}/${other.messageId}`;
  const polled = bot("GET", `${path}?wait=25`);
  const blocking = bot("POST", "/v1/responses", { input: "Silence", model: "local" });
  // These may come too late for a word of their own, or for a connection.
  const late = Promise.allSettled([polled, blocking]);
  await expectPrompt();
  const reply = await posted;
  expect([reply.status, reply.json.status]).toEqual([200, "in_progress"]);
  const allowed = [[202], [503, 404]];
  for (const [index, one] of (await late).entries()) {
    if (one.status === "fulfilled") expect(allowed[index]).toContain(one.value.status);
    else expect(one.reason).toBeInstanceOf(TypeError);
  }

  const next = botOf(await start("--models", "local=local@0/0"));
  for (const { conversationId, messageId } of [reply.json, other]) {
    const answer = await eventually(
      () => next("GET", `/conversation/${conversationId}/${messageId}`),
      ({ status }) => status !== 202,
    );
    expect([answer.status, answer.json.status]).toEqual([200, "completed"]);
  }
  await expectPrompt();
});

test("a stream is broken off, and goes on after the next start", async () => {
  const ready = await startSilent();
  const response = await fetch(`${ready.sampleBot.endpoint}/conversation`, {
    method: "POST",
    headers: {
      "x-api-key": ready.sampleBot.apiKey,
      accept: "text/event-stream",
      "content-type": "application/json",
    },
    body: JSON.stringify(message("Speak")),
  });
  let said = "";
  const reading = (async () => {
    for await (const chunk of response.body ?? []) said += Buffer.from(chunk).toString();
  })().catch(() => "broken");
  await eventually(
    async () => said,
    (text) => text.includes("Well"),
  );
  await expectPrompt();
  await reading;
  expect(said).not.toContain('"status":"completed"');

  const events = response.headers.get("content-location") ?? "";
  const again = botOf(await start("--models", "local=local@0/0"));
  const rest = await again("GET", `/${events}`);
  expect(rest.text).toContain('"status":"completed"');
  await expectPrompt();
});

test("a sync under way is left, and done after the next start", async () => {
  // Its source takes the request and says nothing.
  const held = Promise.withResolvers<void>();
  const site = createServer((_req, res) => {
    held.resolve();
    if (isOpen) res.writeHead(200, { "content-type": "text/plain" }).end("What is there to know.");
  });
  let isOpen = false;
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const { port } = site.address() as AddressInfo;
  const reach = ["--reach", `127.0.0.1:${port}`];
  try {
    const first = await ownerOf(await start(...reach));
    const bot = (await first("POST", "/bots", { title: "Reader" })).json;
    const url = `http://127.0.0.1:${port}/page.txt`;
    const site = { url, kind: "page", everyHours: 24 };
    const added = await first("POST", `/bots/${bot.botId}/knowledge/sites`, site);
    expect(added.text).toContain("siteId");
    await held.promise;
    await expectPrompt();
    isOpen = true;
    const owner = await ownerOf(await start(...reach));
    const synced = await eventually(
      () => owner("GET", `/bots/${bot.botId}/knowledge`),
      ({ json }) => json.sites[0]?.status === "SUCCEEDED",
    );
    expect(synced.json.sites).toMatchObject([{ status: "SUCCEEDED", pages: 1 }]);
    await expectPrompt();
  } finally {
    site.closeAllConnections();
    site.close();
  }
});

async function ownerOf({ users, issuer, controlApiUrl }: Ready): Promise<Client> {
  const password = users.find(({ name }) => name === "owner")?.password ?? "";
  const { accessToken } = await signIn({ issuer, user: "owner", password });
  return clientOf(controlApiUrl, { authorization: `Bearer ${accessToken}` });
}
