/** A whole Outlet in a process of its own, started, signed in to and called as anybody would. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import * as v from "valibot";

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

export interface Asked {
  method: string;
  /** From the API's own root. */
  path: string;
  headers?: Record<string, string>;
  /** As it is sent. */
  body?: string;
}

export type Ask = (request: Asked) => Promise<Reply>;
export type User = "owner" | "user" | "admin";

export interface Outlet {
  /** Where it listens. */
  origin: string;
  /** The control API, with a token of one of the demo users or none. */
  as(user: User | null): Ask;
  stop(): Promise<void>;
}

const patienceMs = 120_000;
const Ready = v.object({ consoleUrl: v.string(), controlApiUrl: v.string() });

/** @throws Error with what it printed where it does not start. */
export async function startOutlet(root: string): Promise<Outlet> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-outside-"));
  const program = join(root, "packages/local/src/cli/start.ts");
  const child = spawn(process.execPath, [program, "--port", "0", "--data", dataDir], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: settingsAside(),
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const gone = once(child, "exit");
  const stop = async () => {
    child.kill();
    await gone;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const ended = gone.then(() => Promise.reject(new Error(`Outlet did not start: ${said}`)));
    const ready = await Promise.race([untilReady(join(dataDir, "ready.json")), ended]);
    ended.catch(() => undefined);
    const tokens = new Map<User | null, string>();
    for (const user of ["owner", "user", "admin"] as const) {
      tokens.set(user, await tokenOf(root, dataDir, user));
    }
    return {
      origin: new URL(ready.consoleUrl).origin,
      as: (user) => caller(ready.controlApiUrl, bearer(tokens.get(user))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is set for an Outlet of somebody's own is not meant for this one. */
const settingsAside = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OUTLET_")));

async function untilReady(path: string): Promise<v.InferOutput<typeof Ready>> {
  const giveUpAt = Date.now() + patienceMs;
  // Written whole or not at all.
  while (!existsSync(path)) {
    if (Date.now() > giveUpAt) throw new Error(`Outlet was not ready in ${patienceMs} ms.`);
    await pause(50);
  }
  return v.parse(Ready, JSON.parse(await readFile(path, "utf8")));
}

async function tokenOf(root: string, dataDir: string, user: User): Promise<string> {
  const program = join(root, "packages/local/src/cli/token.ts");
  const args = [program, "--data", dataDir, "--user", user];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout.trim();
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** Calls below a base address with these headers, unless a request has others of its own. */
export function caller(base: string, common: Record<string, string>): Ask {
  return async ({ method, path, headers = {}, body }) => {
    const response = await fetch(base + path, {
      method,
      headers: { ...common, ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

/** A call that has to succeed. @returns what its JSON says. */
export async function done(ask: Ask, method: string, path: string, body?: object) {
  const reply = await ask({
    method,
    path,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
  return v.parse(v.record(v.string(), v.unknown()), JSON.parse(reply.text || "{}"));
}
