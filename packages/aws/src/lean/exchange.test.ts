import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStreamTarget, createTarget } from "./exchange.ts";
import { NoAnswer } from "./service-error.ts";

/** Takes connections, and never says a word of TLS. */
let silent: Server;
let endpoint: string;
const sockets = new Set<Socket>();

beforeEach(async () => {
  silent = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const address = silent.address();
  endpoint = `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  silent.close();
});

const request = { path: "/", headers: {}, body: "{}" };

test.each<[string, () => Promise<unknown>]>([
  ["for a whole answer", () => createTarget(endpoint, 1).post({ ...request, timeoutMs: 60_000 })],
  ["for one in pieces", () => createStreamTarget(endpoint).open(request)],
])("a connection that is never made is given up: %s", async (_, send) => {
  const sent = send();
  await expect(sent).rejects.toThrow(/no connection within/);
  await expect(sent).rejects.toBeInstanceOf(NoAnswer);
});
