import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signIn } from "../sign-in/sign-in.ts";
import { look } from "../canary/canary.test-support.ts";
import { readOptions } from "./options.ts";
import type { Ready } from "./ready-file.ts";
import { startRuntime } from "./runtime.ts";

/** For tests: a whole Outlet on a data folder of its own, and clients of both of its APIs. */
export interface Outlet {
  ready: Ready;
  port: number;
  dataDir: string;
  /** The control API as one of the demo users. */
  as(name: "owner" | "user" | "admin"): Promise<Client>;
  /** The headers of such a user's requests. */
  authorizationOf(name: "owner" | "user" | "admin"): Promise<Record<string, string>>;
  /** The control API without a token. */
  anonymous: Client;
  /** A new published bot of the owner's, with a key. */
  publish(settings?: object, bot?: object): Promise<PublishedBot>;
  stop(): Promise<void>;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  // A test reads whatever the API says; what it expects is in its assertions.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any;
}

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>;

export interface PublishedBot {
  botId: string;
  title: string;
  endpoint: string;
  keyId: string;
  apiKey: string;
  /** Calls the endpoint with the key. */
  call: Client;
  /** Sends a message and polls for the answer. */
  ask(text: string, conversationId?: string): Promise<{ conversationId: string; reply: Reply }>;
}

export async function startOutlet(args: string[] = []): Promise<Outlet> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-test-"));
  const options = readOptions(["--port", "0", "--data", dataDir, ...args], {});
  if (!options) throw new Error("The fixture's options were not understood.");
  const runtime = await startRuntime(options);
  const { ready } = runtime;
  const clients = new Map<string, Promise<Client>>();
  const as = (name: string): Promise<Client> => {
    const client = clients.get(name) ?? signedIn(ready, name);
    clients.set(name, client);
    return client;
  };
  return {
    ready,
    port: runtime.port,
    dataDir,
    as,
    authorizationOf: (name) => authorizationOf(ready, name),
    anonymous: clientOf(ready.controlApiUrl, {}),
    publish: async (settings = {}, bot = {}) => publish(await as("owner"), settings, bot),
    async stop() {
      await runtime.stop();
      look(await readFile(join(dataDir, "outlet.log")), "outlet.log");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function clientOf(base: string, common: Record<string, string>): Client {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(base + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": typeOf(body) }),
        ...common,
        ...headers,
      },
      ...(body === undefined
        ? {}
        : body instanceof ReadableStream
          ? { body, duplex: "half" as const }
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json:
        /[/+]json\b/.test(response.headers.get("content-type") ?? "") && text
          ? JSON.parse(text)
          : null,
    };
  };
}

const typeOf = (body: unknown): string =>
  body instanceof ReadableStream ? "application/octet-stream" : "application/json";

function publishedBot(
  endpoint: string,
  key: { keyId: string; value: string },
  bot: { botId: string; title: string },
): PublishedBot {
  const call = clientOf(endpoint, { "x-api-key": key.value });
  return {
    botId: bot.botId,
    title: bot.title,
    endpoint,
    keyId: key.keyId,
    apiKey: key.value,
    call,
    async ask(text, conversationId) {
      const sent = await call("POST", "/conversation", {
        ...(conversationId ? { conversationId } : {}),
        message: { content: [{ contentType: "text", body: text }] },
      });
      if (sent.status !== 200) return { conversationId: "", reply: sent };
      const id: string = sent.json.conversationId;
      const path = `/conversation/${encodeURIComponent(id)}/${sent.json.messageId}`;
      const reply = await eventually(
        () => call("GET", path),
        (r) => r.status !== 202,
      );
      return { conversationId: id, reply };
    },
  };
}

/** Asks again until it holds; the last reply where it does not in time. */
export async function eventually<T>(
  act: () => Promise<T>,
  holds: (value: T) => boolean,
  patienceMs = 60_000,
): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const value = await act();
    if (holds(value) || Date.now() > giveUpAt) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function createSharedBot(owner: Client, bot: object = {}): Promise<Reply["json"]> {
  const made = await owner("POST", "/bots", { title: "Test bot", ...bot });
  await owner("PUT", `/bots/${made.json.botId}/sharing`, { scope: "all" });
  return made.json;
}

async function publish(owner: Client, settings: object, bot: object): Promise<PublishedBot> {
  const made = await createSharedBot(owner, bot);
  const path = `/bots/${made.botId}/publication`;
  const accepted = await owner("POST", path, settings);
  if (accepted.status !== 202) throw new Error(`Publishing was refused: ${accepted.text}`);
  const published = await eventually(
    () => owner("GET", path),
    (r) => r.json.status === "published" || r.json.status === "failed",
  );
  if (!published.json.endpoint) throw new Error(`It was not published: ${published.text}`);
  const key = await owner("POST", `${path}/keys`, { label: "Test" });
  return publishedBot(published.json.endpoint, key.json, made);
}

const signedIn = async (ready: Ready, name: string): Promise<Client> =>
  clientOf(ready.controlApiUrl, await authorizationOf(ready, name));

async function authorizationOf(ready: Ready, name: string): Promise<Record<string, string>> {
  const user = ready.users.find((candidate) => candidate.name === name);
  if (!user) throw new Error(`There is no demo user called ${name}.`);
  const { accessToken } = await signIn({
    issuer: ready.issuer,
    user: name,
    password: user.password,
  });
  return { authorization: `Bearer ${accessToken}` };
}
