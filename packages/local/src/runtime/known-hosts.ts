import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import type { Handle } from "./http-server.ts";

/**
 * Answers only where the request names this machine, or one of `names`. A page of another site may
 * have its name resolve to loopback, and is then of one origin with whatever answers to that name
 * (DNS rebinding); an address or `localhost` can be nobody else's.
 * @param names of a proxy or tunnel before this runtime, in lower case.
 */
export function knownHostsOnly(names: readonly string[], handle: Handle): Handle {
  return async (req, res) =>
    isKnown(req.headers.host, names) ? handle(req, res) : misdirected(res);
}

function isKnown(host: IncomingMessage["headers"]["host"], names: readonly string[]): boolean {
  // HTTP/1.0 need not name one, and no browser speaks it.
  if (host === undefined) return true;
  const name = host
    .toLowerCase()
    .replace(/:\d{0,5}$/, "")
    .replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || names.includes(name)) return true;
  return isIP(name.replace(/^\[([0-9a-f:.]+)\]$/, "$1")) !== 0;
}

/** RFC 9110 §15.5.20 */
function misdirected(res: ServerResponse): void {
  const message = "This host is none of Outlet's. Name it with --hosts where it is your proxy's.";
  res.writeHead(421, { "content-type": "application/json", connection: "close" });
  res.end(JSON.stringify({ message }));
}
