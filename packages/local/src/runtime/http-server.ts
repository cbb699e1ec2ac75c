import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "@outlet/core/ports";

export type Handle = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export interface HttpServer {
  port: number;
  /** Stops listening, and resolves when the requests under way have been answered, or broken off. */
  close(): Promise<void>;
}

/**
 * Serves on loopback: always on 127.0.0.1, and on ::1 too where `ipv6` is set, at the same port.
 * @throws Error with `code` EADDRINUSE where the port is taken.
 */
export async function listen(
  options: { port: number; ipv6: boolean; log: Log },
  handle: Handle,
): Promise<HttpServer> {
  const first = serve(handle, options.log);
  await bind(first, options.port, "127.0.0.1");
  const address = first.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  const servers = [first];
  if (options.ipv6) {
    const second = serve(handle, options.log);
    try {
      await bind(second, port, "::1");
      servers.push(second);
    } catch (cause) {
      options.log.warn("no IPv6 loopback here; serving IPv4 only", { cause });
    }
  }
  let closed: Promise<unknown> | undefined;
  return {
    port,
    async close() {
      closed ??= Promise.all(servers.map(close));
      await closed;
    },
  };
}

function serve(handle: Handle, log: Log): Server {
  const server = createServer(deadlines, (req, res) => {
    req.url = originForm(req.url ?? "/");
    handle(req, res).catch((cause: unknown) => {
      log.error("request failed", { method: req.method, cause });
      if (res.headersSent) res.destroy();
      else res.writeHead(500, { "content-type": "text/plain" }).end("Internal Server Error\n");
    });
  });
  server.maxConnections = connectionsMax;
  return server;
}

/** Whoever is slower than that with headers, or with a body, gets 408 and is let go. */
const deadlines = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
};

/** Further ones are closed at once. */
const connectionsMax = 4_000;

/** A target in absolute form (RFC 9112 §3.2.2) as the one in origin form that means the same. */
const originForm = (target: string): string => {
  const [authority] = /^https?:\/\/[^/?#]*/i.exec(target) ?? [];
  if (authority === undefined) return target;
  const path = target.slice(authority.length);
  return path.startsWith("/") ? path : `/${path}`;
};

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** How long requests under way may take to end; then their connections are closed. */
const patienceMs = 700;

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // A connection kept alive between requests would keep the server open for ever, and so might
    // a reader who never leaves.
    const reaper = setInterval(() => server.closeIdleConnections(), 100);
    const hardStop = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.once("close", () => {
      clearInterval(reaper);
      clearTimeout(hardStop);
    });
  });
}
