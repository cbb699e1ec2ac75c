import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { frame } from "../scripted-bedrock.test-support.ts";
import { type ConverseEvent, createConverseClient } from "./converse.ts";

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

/** @param answered how many requests of each connection get an answer; the next one ends it. */
async function serve(answered: number) {
  const asked: number[] = [];
  const server = createServer();
  server.on("connection", (socket) => {
    let count = 0;
    socket.on("end", () => socket.destroy());
    Object.assign(socket, { next: () => ++count });
  });
  server.on("request", (req, res) => {
    const nth = (req.socket as typeof req.socket & { next: () => number }).next();
    asked.push(nth);
    if (nth > answered) return void req.socket.destroy();
    res.writeHead(200).end(frame("event", "messageStop", { stopReason: "end_turn" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = createConverseClient({ region: "us-east-1", endpoint, credentials });
  closes.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  async function ask(): Promise<ConverseEvent[]> {
    const events: ConverseEvent[] = [];
    const { signal } = new AbortController();
    for await (const event of client.stream("m", {}, signal)) events.push(event);
    return events;
  }
  return { ask, asked };
}

const stopped = [{ name: "messageStop", body: { stopReason: "end_turn" } }];

test("a kept connection that ends with the next request is no failure of that", async () => {
  const { ask, asked } = await serve(1);
  expect(await ask()).toEqual(stopped);
  expect(await ask()).toEqual(stopped);
  expect(asked).toEqual([1, 2, 1]);
});

test("a new connection that ends with its request is a failure, and asked for once", async () => {
  const { ask, asked } = await serve(0);
  await expect(ask()).rejects.toMatchObject({ name: "NoAnswer" });
  expect(asked).toEqual([1]);
});
