import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

const page = new URL("../../../../web/index.html", import.meta.url);

/** The console's first page; it says where everything is until the console itself is here. */
export async function serveConsole(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = new URL(req.url ?? "/", "http://localhost").pathname;
  const isPage = (req.method === "GET" || req.method === "HEAD") && path === "/";
  if (!isPage) {
    res.writeHead(404, { "content-type": "application/json" }).end('{"message":"Not Found"}');
    return;
  }
  const html = await readFile(page);
  res.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  res.end(req.method === "HEAD" ? undefined : html);
}
