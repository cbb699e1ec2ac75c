import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handle } from "./http-server.ts";

/**
 * Keeps pages of other origins from what a signed-in person's browser could do there with cookies,
 * or read there. They may send the browser itself to a page, as links do. What is no browser's says
 * neither where it comes from nor what for.
 */
export function ownPagesOnly(handle: Handle): Handle {
  return async (req, res) => (isForeign(req) ? refuse(res) : handle(req, res));
}

/**
 * Browsers send `Sec-Fetch-Site` to loopback (W3C Fetch Metadata §2.3) and, with all but plain
 * reads, `Origin`, which a page that sends no referrer makes `null` even to itself.
 */
function isForeign({ method, headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== "null" && origin !== `http://${host}`) return true;
  const site = headers["sec-fetch-site"] ?? "none";
  // Another port of this machine is another's page, though of one site with it.
  if (site === "same-origin" || site === "none") return false;
  const follows = method === "GET" && headers["sec-fetch-mode"] === "navigate";
  return !follows || headers["sec-fetch-dest"] !== "document";
}

function refuse(res: ServerResponse): void {
  const message = "Pages of other origins may not call this.";
  res.writeHead(403, { "content-type": "application/json", connection: "close" });
  res.end(JSON.stringify({ message }));
}
