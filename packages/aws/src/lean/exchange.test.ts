import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createJsonClient } from "./json-client.ts";

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
