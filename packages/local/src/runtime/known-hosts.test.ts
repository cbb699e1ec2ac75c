import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { knownHostsOnly } from "./known-hosts.ts";

const server = createServer((req, res) => void handle(req, res));
const handle = knownHostsOnly(["chat.example.org"], async (_req, res) => void res.end("served"));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

const askAs = (host: string) =>
  new Promise<number>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    request({ host: "127.0.0.1", port, headers: { host } }, (res) => {
      res.resume().on("end", () => resolve(res.statusCode ?? 0));
    })
      .on("error", reject)
      .end();
  });

test.each([
  "localhost",
  "LocalHost:4100",
  "localhost.:4100",
  "app.localhost:4100",
  "127.0.0.1:4100",
  "127.5.6.7",
  "[::1]:4100",
  "chat.example.org",
  "Chat.Example.org:443",
])("%s is this machine, or a name it was given", async (host) => {
  expect(await askAs(host)).toBe(200);
});

test.each([
  "rebound.example.com:4100",
  "localhost.example.com",
  "notlocalhost",
  "127.0.0.1.example.com:4100",
  "chat.example.org.evil.example",
  "evil.example/localhost",
  "[::1].evil.example",
  "localhost@evil.example",
  ":4100",
  "0x7f000001",
])("%j is another's name, and gets nothing", async (host) => {
  expect(await askAs(host)).toBe(421);
});
