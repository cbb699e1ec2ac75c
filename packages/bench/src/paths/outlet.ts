import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Client,
  clientOf,
  createSharedBot,
  eventually,
} from "@outlet/local/runtime/runtime-fixture";
import type { Ready } from "@outlet/local/runtime/ready-file";
import { signIn } from "@outlet/local/sign-in/sign-in";
import { chat, end, type Path, question } from "./path.ts";

export interface Outlet extends Path {
  /** From the command to the file that says that it is ready. */
  startMs: number;
  /** The control API as the owner of the bots. */
  owner: Client;
  dataDir: string;
}

/**
 * Outlet as a newcomer starts it, in a process of its own, with a published bot without limits.
 * @param options.args of `npm start`.
 * @param options.nodeArgs of Node itself.
 */
export async function startOutlet(options: {
  args?: string[];
  nodeArgs?: string[];
  dataDir?: string;
  /** Variables besides our own. */
  env?: Record<string, string>;
}): Promise<Outlet> {
  const { args = [], nodeArgs = [] } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "outlet-bench-")));
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...nodeArgs,
      fileURLToPath(import.meta.resolve("@outlet/local/cli/start")),
      ...["--port", "0", "--data", dataDir, ...args],
    ],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...options.env } },
  );
  const ready = await readyFile(dataDir, child);
  const startMs = performance.now() - begun;
  const owner = await ownerOf(ready);
  const bot = await publish(owner, { throttle: null, quota: null });
  const headers = { "x-api-key": bot.apiKey, "content-type": "application/json" };
  const accept = { url: `${bot.endpoint}/conversation`, headers, body: question("What is this?") };
  const main = child.pid ?? 0;
  return {
    startMs,
    owner,
    dataDir,
    accept: { ...accept, expect: 200 },
    health: { url: `${bot.endpoint}/health`, headers },
    chat: chat(`${bot.endpoint}/v1`, headers, "bot"),
    pids: { main, ...(await childOf(main)) },
    async stop() {
      await end(child);
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function readyFile(dataDir: string, child: ReturnType<typeof spawn>): Promise<Ready> {
  for (let tries = 0; tries < 2_400 && child.exitCode === null; tries++) {
    const text = await readFile(join(dataDir, "ready.json"), "utf8").catch(() => undefined);
    // Written whole by the runtime that we started.
    if (text) return JSON.parse(text) as Ready;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGKILL");
  throw new Error("Outlet did not start.");
}

async function ownerOf({ users, issuer, controlApiUrl }: Ready): Promise<Client> {
  const password = users.find(({ name }) => name === "owner")?.password ?? "";
  const { accessToken } = await signIn({ issuer, user: "owner", password });
  return clientOf(controlApiUrl, { authorization: `Bearer ${accessToken}` });
}

/** A new bot without knowledge, published, and a key of it. */
export async function publish(
  owner: Client,
  settings: object,
): Promise<{ endpoint: string; apiKey: string; publishMs: number }> {
  const { botId } = await createSharedBot(owner, { title: "Bench" });
  const path = `/bots/${botId}/publication`;
  const begun = performance.now();
  const accepted = await owner("POST", path, settings);
  if (accepted.status !== 202) throw new Error(`Not published: ${accepted.text}`);
  const { json } = await eventually(
    () => owner("GET", path),
    (reply) => reply.json.status === "published" || reply.json.status === "failed",
  );
  const publishMs = performance.now() - begun;
  const key = await owner("POST", `${path}/keys`, { label: "Bench" });
  return { endpoint: json.endpoint, apiKey: key.json.value, publishMs };
}

/** The emulators' process, where the system tells of children. */
async function childOf(pid: number): Promise<Record<string, number>> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  for (const task of tasks) {
    const text = await readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => "");
    for (const child of text.split(" ").filter(Boolean)) {
      const command = await readFile(`/proc/${child}/cmdline`, "utf8").catch(() => "");
      if (command.includes("emulators")) return { emulators: Number(child) };
    }
  }
  return {};
}
