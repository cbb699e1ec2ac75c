import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createConsole } from "./console-page.ts";

let root: string;
let server: Server;
let port: number;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "outlet-console-"));
  await mkdir(join(root, "dist", "assets"), { recursive: true });
  await writeFile(join(root, "dist", "index.html"), "<title>Console</title>");
  await writeFile(join(root, "dist", "assets", "app-1a2b.js"), "export {};");
  await mkdir(join(root, "dist", "docs", "keys"), { recursive: true });
  await writeFile(join(root, "dist", "docs", "index.html"), "<title>Documentation</title>");
  await writeFile(join(root, "dist", "docs", "keys", "index.html"), "<title>Keys</title>");
  await writeFile(join(root, "dist", "docs", "keys.md"), "# Keys");
  await writeFile(join(root, "secret.html"), "secret");
  let serve: ReturnType<typeof createConsole> | undefined;
  server = createServer((req, res) => void serve?.(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  serve = createConsole(join(root, "dist"), `http://localhost:${port}`);
});
afterAll(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

/** Unlike `fetch`, sends a path exactly as it is written. */
function get(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const headers = { host: `localhost:${port}`, ...options.headers };
      const sent = request({ port, path, host: "127.0.0.1", ...options, headers }, (res) => {
        let body = "";
        res.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
      });
      sent.on("error", reject).end();
    },
  );
}

const bot = "/bots/01M82S1M39YS2CZ1EZTE4VHC80";

describe("the console's pages", () => {
  test.each([
    "/",
    "/?a=1",
    bot,
    `${bot}/publish`,
    `${bot}/requests/01M8`,
    "/design",
    "/auth/callback",
  ])("%s is its one page, under a policy that runs nothing but its own files", async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, body]).toEqual([200, "<title>Console</title>"]);
    expect(headers["content-security-policy"]).toContain("script-src 'self'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["cache-control"]).toBe("no-cache");
  });

  test("silent renewal may be framed, by the console itself", async () => {
    const { headers } = await get("/auth/silent-renew");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'self'");
  });

  test("another name of this machine leads to the one that sign-in knows", async () => {
    const { status, headers } = await get(`${bot}?a=1`, { headers: { host: `127.0.0.1:${port}` } });
    expect([status, headers["location"]]).toEqual([307, `http://localhost:${port}${bot}?a=1`]);
  });

  test("any other path is nothing, as an unpublished endpoint has to be", async () => {
    for (const path of ["/nope", "/0u5nlwntlb/api/health", "/bots", "/bots/x", "/assets/none.js"]) {
      const { status, body } = await get(path);
      expect([path, status, body]).toEqual([path, 404, '{"message":"Not Found"}']);
    }
    expect((await get("/", { method: "POST" })).status).toBe(404);
  });

  test("a person who opens any other path is shown the console, with the status of what is not there", async () => {
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    const headers = { accept, "sec-fetch-dest": "document" };
    for (const path of ["/nope", "/bots/x", "/assets/none.js", "//example.com/a"]) {
      const { status, body, headers: said } = await get(path, { headers });
      expect([path, status, body]).toEqual([path, 404, "<title>Console</title>"]);
      expect(said["content-security-policy"]).toContain("default-src 'none'");
    }
    const elsewhere = { ...headers, host: `127.0.0.1:${port}` };
    const { status, headers: said } = await get("//example.com/a", { headers: elsewhere });
    expect([status, said["location"]]).toEqual([307, `http://localhost:${port}//example.com/a`]);
  });
});

describe("the documentation", () => {
  test("has a page for each of its folders, with a slash or without, under the same policy", async () => {
    for (const path of ["/docs", "/docs/", "/docs/?q=keys"]) {
      expect((await get(path)).body).toBe("<title>Documentation</title>");
    }
    for (const path of ["/docs/keys", "/docs/keys/"]) {
      const { status, headers, body } = await get(path);
      expect([status, body]).toEqual([200, "<title>Keys</title>"]);
      expect(headers["content-security-policy"]).toContain("script-src 'self'");
      expect(headers["cache-control"]).toBe("no-cache");
    }
  });

  test("is there as it was written, too", async () => {
    const { headers, body } = await get("/docs/keys.md");
    expect([headers["content-type"], body]).toEqual(["text/markdown; charset=utf-8", "# Keys"]);
  });

  test("has no page where there is none", async () => {
    expect((await get("/docs/nope")).status).toBe(404);
    expect((await get("/docsy/keys")).status).toBe(404);
  });
});

describe("the console's files", () => {
  test("are kept for ever under their hashed names, and come compressed where that is taken", async () => {
    const plain = await get("/assets/app-1a2b.js");
    expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(plain.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    const zipped = await get("/assets/app-1a2b.js", { headers: { "accept-encoding": "gzip" } });
    expect(zipped.headers["content-encoding"]).toBe("gzip");
  });

  test.each([
    "/../secret.html",
    "/assets/../../secret.html",
    "/%2e%2e/secret.html",
    "/assets/%2e%2e%2f%2e%2e%2fsecret.html",
    "/assets/..%5c..%5csecret.html",
    "//secret.html",
  ])("%s leads to nothing outside", async (path) => {
    const { status, body } = await get(path);
    expect([status, body.includes("secret")]).toEqual([404, false]);
  });

  test("that have not been built are said to be missing", async () => {
    const serve = createConsole(join(root, "nothing"), "http://localhost:1");
    const other = createServer((req, res) => void serve(req, res));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port: at } = other.address() as AddressInfo;
    const response = await new Promise<number>((resolve) => {
      request({ port: at, host: "127.0.0.1", headers: { host: "localhost:1" } }, (res) => {
        res.resume().on("end", () => resolve(res.statusCode ?? 0));
      }).end();
    });
    other.close();
    expect(response).toBe(503);
  });
});
