import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, type Log, systemClock } from "@outlet/core/ports";
import { Provider } from "oidc-provider";
import { consoleOrigins } from "./clients.ts";
import { configuration } from "./configuration.ts";
import { interactionRoutes } from "./interaction.ts";
import { createPasswordGuard } from "./password-guard.ts";
import type { IssuerSecrets } from "./secrets.ts";
import type { IssuerStorage } from "./storage.ts";
import { userinfoRoute } from "./userinfo.ts";
import type { DemoUser } from "./users.ts";

export interface IssuerOptions {
  /** Without a trailing slash: `http://localhost:4100/oidc`. Plain http is for loopback only. */
  issuer: string;
  secrets: IssuerSecrets;
  users: readonly DemoUser[];
  storage: IssuerStorage;
  log: Log;
  clock?: Clock;
  /** Who may be signed in as without a password: where nobody but this machine's user is served. */
  openAs?: DemoUser | undefined;
}

export interface Issuer {
  /** Answers a request whose path is the issuer's or below it; any other is a 404. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

/**
 * An OpenID provider for the demo users, with access tokens shaped like Cognito's.
 *
 * @example
 * const secrets = await loadSecrets(dataDir);
 * const storage = openStorage(join(dataDir, "oidc.sqlite"), systemClock);
 * const users = demoUsers(secrets);
 * const issuer = createIssuer({ issuer: url, secrets: secrets.issuer, users, storage, log });
 */
export function createIssuer(options: IssuerOptions): Issuer {
  const { issuer, secrets, users, storage, log, clock = systemClock, openAs } = options;
  const url = new URL(issuer);
  const prefix = url.pathname.replace(/\/$/, "");
  const provider = new Provider(issuer, configuration({ issuer: url, secrets, users, storage }));
  const guard = createPasswordGuard(users, clock);
  const home = `${url.origin}/`;
  provider.use(interactionRoutes({ provider, guard, log, prefix, home, openAs }));
  provider.use(userinfoRoute({ issuer, secrets, users, origins: consoleOrigins(issuer) }));
  report(provider, log);
  const callback = provider.callback();

  return {
    async handle(req, res) {
      const path = req.url ?? "/";
      const below = path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
      if (below === undefined || !/^([/?]|$)/.test(below)) return notFound(res);
      if (req.headers.host !== url.host) {
        // A sign-in spans pages whose cookies belong to one host: it begins at the issuer's own.
        if (beginsAtPage(req, below)) return redirect(res, url.origin + path);
        // Whatever name the caller used, documents and links name the issuer.
        req.headers.host = url.host;
      }
      // As Express does for what it mounts; the provider makes its own links from the two.
      Object.assign(req, { originalUrl: path });
      req.url = below || "/";
      await callback(req, res);
    },
  };
}

function beginsAtPage(req: IncomingMessage, path: string): boolean {
  return req.method === "GET" && /^\/(auth|session\/end)\b/.test(path);
}

function redirect(res: ServerResponse, location: string) {
  res.writeHead(307, { location, "cache-control": "no-store", "content-length": 0 }).end();
}

function notFound(res: ServerResponse) {
  res.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("Not Found");
}

/** OAuth's error codes and details only: the contexts hold codes, tokens and cookies. */
function report(provider: Provider, log: Log) {
  const refused = (_ctx: unknown, error: Error & { error_detail?: string | undefined }) =>
    log.info("the issuer refused", { error: error.message, detail: error.error_detail });
  const failed = (error: Error) => log.error("the issuer failed", { error: error.stack });
  provider.on("authorization.error", refused);
  provider.on("grant.error", refused);
  provider.on("end_session.error", refused);
  provider.on("server_error", (_ctx, error) => failed(error));
  // Koa's own event, which the provider's types leave out.
  const app: EventEmitter = provider;
  app.on("error", failed);
}
