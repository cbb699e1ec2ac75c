import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownPagesOnly } from "./foreign-pages.ts";

const server = createServer((req, res) => void handle(req, res));
const handle = ownPagesOnly(async (_req, res) => void res.end("served"));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

const ask = (method: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const own = { host: "localhost:4100", ...headers };
    request({ host: "127.0.0.1", port, method, headers: own }, (res) => {
      res.resume().on("end", () => resolve(res.statusCode ?? 0));
    })
      .on("error", reject)
      .end();
  });

const site = (value: string, mode = "cors", dest = "empty") => ({
  "sec-fetch-site": value,
  "sec-fetch-mode": mode,
  "sec-fetch-dest": dest,
});

test.each([
  ["no browser at all", "POST", {}],
  ["Node's fetch", "POST", { "sec-fetch-mode": "cors" }],
  ["the console", "POST", { origin: "http://localhost:4100", ...site("same-origin") }],
  ["a form that sends no referrer", "POST", { origin: "null", ...site("same-origin", "navigate") }],
  ["an address that was typed", "GET", site("none", "navigate", "document")],
  ["a link on another site", "GET", site("cross-site", "navigate", "document")],
])("%s is served", async (_who, method, headers) => {
  expect(await ask(method, headers)).toBe(200);
});

test.each([
  ["another site", "POST", { origin: "http://evil.example" }],
  ["another port", "POST", { origin: "http://localhost:4101", ...site("same-site") }],
  ["the same port by another name", "POST", { origin: "http://127.0.0.1:4100" }],
  ["a form of another port", "POST", { origin: "null", ...site("same-site", "navigate") }],
  ["a read without cors", "GET", site("cross-site", "no-cors", "image")],
  ["a frame", "GET", site("same-site", "navigate", "iframe")],
])("%s is refused", async (_who, method, headers) => {
  expect(await ask(method, headers)).toBe(403);
});
