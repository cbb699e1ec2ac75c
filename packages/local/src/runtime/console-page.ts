import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** What the console's router knows: only these are answered with its page. */
const pages =
  /^\/(bots\/[0-9A-Z]{26}(\/[\w/-]*)?|admin(\/[\w-]+)?|design|auth\/(callback|silent-renew))?$/;

/**
 * Nothing but the console's own files runs or loads, and nobody frames it; except that the console
 * itself renews a session in a hidden frame.
 */
const policy = (path: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${path === "/auth/silent-renew" ? "'self'" : "'none'"}`,
  ].join("; ");

const types = new Map(
  Object.entries({
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".map": "application/json",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
  }),
);

interface File {
  body: Buffer;
  zipped: Buffer;
  type: string;
}

const zip = promisify(gzip);

/**
 * Serves the built console in `dir`. Its files are read once, by name: no request names a path on
 * disk. `origin` is where sign-in begins and ends; other names of this machine are sent there.
 */
export function createConsole(dir: string, origin: string) {
  let loaded: Promise<Map<string, File>> | undefined;
  return async function serveConsole(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // Not by URL: it would take what follows two slashes for a host.
    const [pathname = "/", query] = (req.url ?? "/").split("?", 2);
    const search = query === undefined ? "" : `?${query}`;
    if (req.method !== "GET" && req.method !== "HEAD") return notFound(res);
    loaded ??= load(dir);
    const files = await loaded;
    if (files.size === 0) loaded = undefined;
    const isPage = pages.test(pathname);
    const name = isPage ? "/index.html" : fileOf(pathname, files);
    // A person who has mistyped an address is told so by the console, a program by the status alone.
    const isLost = !isPage && !files.has(name) && isReadByPerson(req);
    const isDrawn = isPage || isLost;
    if (isDrawn && req.headers.host !== new URL(origin).host) {
      res.writeHead(307, { location: origin + pathname + search, "content-length": 0 }).end();
      return;
    }
    const file = files.get(isLost ? "/index.html" : name);
    if (!file) return isPage ? notBuilt(res) : notFound(res);
    const zips = /\bgzip\b/.test(req.headers["accept-encoding"] ?? "");
    const body = zips ? file.zipped : file.body;
    res.writeHead(isLost ? 404 : 200, {
      "content-type": file.type,
      "content-length": body.byteLength,
      ...(zips ? { "content-encoding": "gzip" } : {}),
      vary: "accept-encoding",
      // Files under /assets/ have their content's hash in their names.
      "cache-control": pathname.startsWith("/assets/")
        ? "public, max-age=31536000, immutable"
        : "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      ...(file.type === types.get(".html") ? { "content-security-policy": policy(pathname) } : {}),
    });
    res.end(req.method === "HEAD" ? undefined : body);
  };
}

/** The documentation has a folder for each of its pages. */
const fileOf = (pathname: string, files: ReadonlyMap<string, File>): string => {
  const page = `${pathname.replace(/\/$/, "")}/index.html`;
  return /^\/docs(\/|$)/.test(pathname) && files.has(page) ? page : pathname;
};

async function load(dir: string): Promise<Map<string, File>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, File>();
  for (const entry of entries) {
    const type = types.get(extname(entry.name));
    if (!entry.isFile() || !type) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    const name = path.slice(dir.length).split(sep).join("/");
    files.set(name, { body, zipped: await zip(body, { level: 9 }), type });
  }
  return files;
}

/** As browsers ask for what they open in a tab. */
const isReadByPerson = ({ headers }: IncomingMessage): boolean =>
  headers["sec-fetch-dest"] === "document" && /\btext\/html\b/.test(headers.accept ?? "");

function notFound(res: ServerResponse): void {
  res.writeHead(404, { "content-type": "application/json" }).end('{"message":"Not Found"}');
}

function notBuilt(res: ServerResponse): void {
  res
    .writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "5" })
    .end("The console has not been built. Start Outlet with npm start, which builds it.\n");
}
