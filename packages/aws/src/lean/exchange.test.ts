import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as listenForBytes, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createStreamTarget, createTarget } from "./exchange.ts";
import { createJsonClient } from "./json-client.ts";
import { NoAnswer } from "./service-error.ts";

test("what waits for a connection of our own is not taken for a service that is silent", async () => {
  // Eight one after another take two seconds, each of them far less than it may.
  const server = createServer((_req, res) => void setTimeout(() => res.end("{}"), 250));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createJsonClient("sqs", {
    region: "us-east-1",
    endpoint,
    local: true,
    maxSockets: 1,
    triesMax: 1,
    requestTimeoutMs: 1_500,
  });
  const calls = Array.from({ length: 8 }, () => client.call("SendMessage", {}));
  expect(await Promise.all(calls)).toEqual(calls.map(() => ({})));
  client.close();
  server.close();
});

test.each<[string, (endpoint: string) => Promise<unknown>]>([
  [
    "for a whole answer",
    (endpoint) => createTarget(endpoint, 1).post({ ...request, timeoutMs: 60_000 }),
  ],
  ["for one in pieces", (endpoint) => createStreamTarget(endpoint).open(request)],
])("a connection that is never made is given up: %s", async (_, send) => {
  // It takes connections, and never says a word of TLS.
  const sockets: Socket[] = [];
  const silent = listenForBytes((socket) => void sockets.push(socket.on("error", () => {})));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const sent = send(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  await expect(sent).rejects.toThrow(/no connection within/);
  await expect(sent).rejects.toBeInstanceOf(NoAnswer);
  for (const socket of sockets) socket.destroy();
  silent.close();
});

const request = { path: "/", headers: {}, body: "{}" };
