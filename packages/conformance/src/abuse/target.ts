import { spawn, type ChildProcess } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signIn } from "@outlet/local/sign-in/sign-in";
import * as v from "valibot";

const Ready = v.object({
  controlApiUrl: v.string(),
  issuer: v.string(),
  users: v.array(v.object({ name: v.string(), password: v.string() })),
  sampleBot: v.object({ endpoint: v.string(), apiKey: v.string() }),
});

export interface Reply {
  status: number;
  text: string;
}

/** A bot with a key, and how it is called. */
export interface Bot {
  botId: string;
  endpoint: string;
  apiKey: string;
  keyId: string;
}

/** A running Outlet: one bot of somebody else's, and what an attacker can reach. */
export interface Target {
  pid: number;
  port: number;
  victim: { endpoint: string; apiKey: string };
  control(method: string, path: string, body?: unknown): Promise<Reply>;
  publish(title: string): Promise<Bot>;
  /** The reason, where it has ended by itself. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

const entryPoint = fileURLToPath(new URL("../../../local/src/cli/start.ts", import.meta.url));
const startPatienceMs = 180_000;

export async function startTarget(dataDir: string): Promise<Target> {
  const child = spawn(process.execPath, [entryPoint, "--port", "0", "--data", dataDir], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4_000);
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = await waitForReady(join(dataDir, "ready.json"), child, () => complaint);
  const owner = ready.users.find(({ name }) => name === "owner");
  if (!owner) throw new Error("There is no demo user called owner.");
  const { accessToken } = await signIn({
    issuer: ready.issuer,
    user: owner.name,
    password: owner.password,
  });
  const control = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await fetch(ready.controlApiUrl + path, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, text: await response.text() };
  };
  return {
    pid: child.pid ?? 0,
    port: Number(new URL(ready.controlApiUrl).port),
    victim: ready.sampleBot,
    control,
    publish: (title) => publish(control, title),
    ended: () => (child.exitCode === null ? undefined : complaint || `exit ${child.exitCode}`),
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function waitForReady(path: string, child: ChildProcess, complaint: () => string) {
  await rm(path, { force: true });
  const giveUpAt = Date.now() + startPatienceMs;
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text) return v.parse(Ready, JSON.parse(text));
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      child.kill("SIGKILL");
      throw new Error(`The runtime did not start: ${complaint() || "it took too long"}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const Made = v.object({ botId: v.string() });
const Publication = v.object({ status: v.string(), endpoint: v.nullable(v.string()) });
const Key = v.object({ keyId: v.string(), value: v.string() });

async function publish(control: Target["control"], title: string): Promise<Bot> {
  const said = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    JSON.parse((await control(method, path, body)).text);
  const { botId } = v.parse(Made, await said("POST", "/bots", { title }));
  await control("PUT", `/bots/${botId}/sharing`, { scope: "all" });
  const path = `/bots/${botId}/publication`;
  await control("POST", path, { throttle: null, quota: null });
  for (let tries = 0; tries < 600; tries++) {
    const { status, endpoint } = v.parse(Publication, await said("GET", path));
    if (status === "published" && endpoint) {
      const { keyId, value } = v.parse(Key, await said("POST", `${path}/keys`, { label: "Key" }));
      return { botId, endpoint, keyId, apiKey: value };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The bot ${botId} was not published.`);
}
