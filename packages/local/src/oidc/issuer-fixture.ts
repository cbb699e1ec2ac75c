import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, type Log, systemClock } from "@outlet/core/ports";
import { createIssuer } from "./issuer.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { openStorage } from "./storage.ts";
import { type DemoUser, demoUsers } from "./users.ts";

export interface RunningIssuer extends AsyncDisposable {
  /** `http://localhost:{port}/oidc` */
  url: string;
  port: number;
  dataDir: string;
  secrets: Secrets;
  users: DemoUser[];
  /** Every line logged so far, as one text: what must not be in it can be searched for. */
  logged(): string;
  password(name: DemoUser["name"]): string;
  /** Ends the process' part and begins anew on the same port and data folder. */
  restart(): Promise<RunningIssuer>;
}

/** For tests: the real issuer on a real port, with a data folder of its own. */
export async function startIssuer(
  options: { dataDir?: string; port?: number; clock?: Clock; openAs?: DemoUser["name"] } = {},
): Promise<RunningIssuer> {
  const { clock = systemClock } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "outlet-issuer-")));
  const secrets = await loadSecrets(dataDir);
  const users = demoUsers(secrets);
  const storage = openStorage(join(dataDir, "oidc.sqlite"), clock);
  const lines: string[] = [];
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const url = `http://localhost:${port}/oidc`;
  const log = recordingLog(lines);
  const openAs = users.find(({ name }) => name === options.openAs);
  const issuer = createIssuer({
    issuer: url,
    secrets: secrets.issuer,
    users,
    storage,
    log,
    clock,
    openAs,
  });
  server.on("request", (req, res) => {
    issuer.handle(req, res).catch((error: unknown) => res.destroy(error as Error));
  });

  async function stop() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    storage.close();
  }

  return {
    url,
    port,
    dataDir,
    secrets,
    users,
    logged: () => lines.join("\n"),
    password: (name) => secrets.passwords[name],
    async restart() {
      await stop();
      return startIssuer({ dataDir, port, clock });
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function recordingLog(lines: string[]): Log {
  const record = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    lines.push(JSON.stringify({ level, message, ...fields }));
  };
  return {
    debug: record("debug"),
    info: record("info"),
    warn: record("warn"),
    error: record("error"),
  };
}

/** RFC 7636 appendix B. */
export const pkce = {
  verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
};

/** An authorization request of the command line's client; `changes` replaces or drops parameters. */
export function authorizationUrl(
  issuer: RunningIssuer,
  changes: Record<string, string | undefined> = {},
): URL {
  const url = new URL(`${issuer.url}/auth`);
  const parameters = {
    client_id: "outlet-cli",
    response_type: "code",
    redirect_uri: "http://127.0.0.1/callback",
    scope: "openid email",
    state: "here",
    code_challenge: pkce.challenge,
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

export interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

export async function requestTokens(
  issuer: RunningIssuer,
  parameters: Record<string, string>,
): Promise<TokenAnswer> {
  const body = new URLSearchParams({ client_id: "outlet-cli", ...parameters });
  const response = await fetch(`${issuer.url}/token`, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
