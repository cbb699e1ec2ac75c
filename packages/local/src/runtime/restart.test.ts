import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "../sign-in/sign-in.ts";
import type { Ready } from "./ready-file.ts";
import { type Client, clientOf, eventually } from "./runtime-fixture.ts";

const program = fileURLToPath(new URL("../cli/start.ts", import.meta.url));
let dataDir: string;
let port: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-restart-"));
  port = "0";
});
afterAll(async () => {
  if (child?.exitCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts the program as `npm start` does, and waits for its ready file. */
async function start(pace: string): Promise<Ready> {
  const args = [program, "--port", port, "--data", dataDir, "--demo-tokens-per-second", pace];
  child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const errors: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
  const welcome = once(child.stdout ?? child, "data");
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`It ended with ${code}: ${Buffer.concat(errors).toString()}`);
  });
  await Promise.race([welcome, ended]);
  ended.catch(() => {});
  const ready = JSON.parse(await readFile(join(dataDir, "ready.json"), "utf8")) as Ready;
  port = new URL(ready.consoleUrl).port;
  return ready;
}

async function kill(signal: NodeJS.Signals): Promise<number | null> {
  const dying = child;
  if (!dying) throw new Error("Nothing was started.");
  const exit = once(dying, "exit");
  dying.kill(signal);
  return (await exit)[0];
}

async function asOwner(ready: Ready): Promise<Client> {
  const owner = ready.users.find((user) => user.name === "owner");
  const { accessToken } = await signIn({
    issuer: ready.issuer,
    user: "owner",
    password: owner?.password ?? "",
  });
  return clientOf(ready.controlApiUrl, { authorization: `Bearer ${accessToken}` });
}

const message = (body: string, conversationId: string) => ({
  conversationId,
  message: { content: [{ contentType: "text", body }] },
});

test("killed in the middle of a run, it finds everything again and the run completes", async () => {
  const before = await start("20");
  expect((await stat(join(dataDir, "ready.json"))).mode & 0o777).toBe(0o600);
  const { endpoint, apiKey, botId } = before.sampleBot;
  const bot = clientOf(endpoint, { "x-api-key": apiKey });
  const publication = `/bots/${botId}/publication`;
  const owner = await asOwner(before);
  const keys = (await owner("GET", `${publication}/keys`)).json;
  const sent = (await bot("POST", "/conversation", message("What is Outlet?", "one"))).json;
  const waiting = (await bot("POST", "/conversation", message("And then?", "one"))).json;
  const path = `/conversation/one/${sent.messageId}`;
  const running = await eventually(
    () => bot("GET", path),
    (r) => r.json.status === "in_progress",
  );
  expect(running.json.status).toBe("in_progress");

  await kill("SIGKILL");
  // A script that waits for the next start must not take the last one's word for it.
  const isThere = () =>
    stat(join(dataDir, "ready.json")).then(
      () => true,
      () => false,
    );
  expect(await eventually(isThere, (there) => !there)).toBe(false);
  const after = await start("100000");
  expect(after.sampleBot).toEqual(before.sampleBot);
  expect(after.users).toEqual(before.users);
  const again = await asOwner(after);
  expect((await again("GET", publication)).json.status).toBe("published");
  // A key may have been used since: that it is there, and which, is what counts.
  const ids = (list: { keys: { keyId: string }[] }) => list.keys.map((key) => key.keyId);
  expect(ids((await again("GET", `${publication}/keys`)).json)).toEqual(ids(keys));
  let reply = await bot("GET", path);
  for (let i = 0; i < 3 && reply.status === 202; i++) {
    reply = await eventually(
      () => bot("GET", path),
      (r) => r.status !== 202,
    );
  }
  expect([reply.status, reply.json.status]).toEqual([200, "completed"]);
  const next = `/conversation/one/${waiting.messageId}`;
  const second = await eventually(
    () => bot("GET", next),
    (r) => r.status !== 202,
  );
  expect(second.json.status).toBe("completed");
  const tree = (await bot("GET", "/conversation/one")).json;
  expect(Object.keys(tree.messageMap)).toHaveLength(5);
});

test("asked to stop, it finishes what is in flight, then says goodbye with exit code 0", async () => {
  const ready = JSON.parse(await readFile(join(dataDir, "ready.json"), "utf8")) as Ready;
  const bot = clientOf(ready.sampleBot.endpoint, { "x-api-key": ready.sampleBot.apiKey });
  const sent = (await bot("POST", "/conversation", message("What is Outlet?", "two"))).json;
  expect(await kill("SIGTERM")).toBe(0);
  await expect(stat(join(dataDir, "ready.json"))).rejects.toThrow("ENOENT");
  await start("100000");
  const reply = await eventually(
    () => bot("GET", `/conversation/two/${sent.messageId}`),
    (r) => r.status !== 202,
  );
  expect(reply.json.status).toBe("completed");
});

test("a second instance on the same data is refused and leaves the first alone", async () => {
  const args = [program, "--port", "0", "--data", dataDir];
  const second = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const errors: Buffer[] = [];
  second.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const [code] = await once(second, "exit");
  expect(code).toBe(1);
  expect(Buffer.concat(errors).toString()).toMatch(/another process/);
  expect((await stat(join(dataDir, "ready.json"))).isFile()).toBe(true);
});
