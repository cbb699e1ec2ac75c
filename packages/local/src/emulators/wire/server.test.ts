import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { WireRequest } from "./requests.ts";
import { createWireServer, type Service, type WireServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "outlet-wire-"));
const open: { server: WireServer; client: Socket }[] = [];
afterEach(async () => {
  for (const { server, client } of open.splice(0)) {
    client.destroy();
    await server.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says what it was asked and what was settled by then. */
async function start(over: Partial<Service> = {}) {
  const acts: string[] = [];
  const service: Service = {
    answer({ operation, body }) {
      acts.push(operation);
      if (operation === "Break") throw new Error("broken");
      return { status: 200, body };
    },
    settle: () => void acts.push("settle"),
    undo: () => void acts.push("undo"),
    failed: { status: 500, body: "failed" },
    ...over,
  };
  const server = createWireServer(service);
  const path = join(mkdtempSync(join(folder, "s")), "s");
  await server.listen(path);
  const client = connect(path).setEncoding("utf8");
  open.push({ server, client });
  let heard = "";
  client.on("data", (text: string) => {
    heard += text;
  });
  const bodies = async (count: number): Promise<string[]> => {
    for (;;) {
      const found = [...heard.matchAll(/HTTP\/1.1 (\d+)[^]*?\r\n\r\n([a-z]*)/g)];
      if (found.length >= count) return found.map(([, status, body]) => `${status} ${body}`);
      await once(client, "data");
    }
  };
  return { client, acts, bodies };
}

const post = (operation: string, body: string, more = "") =>
  `POST / HTTP/1.1\r\nhost: x\r\nX-Amz-Target: Some_2012.${operation}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

test("requests that come together are settled once, before any is answered", async () => {
  const { client, acts, bodies } = await start();
  client.write(post("Get", "a") + post("Put", "b"));
  expect(await bodies(2)).toEqual(["200 a", "200 b"]);
  expect(acts).toEqual(["Get", "Put", "settle"]);
});

test("of many that come together the first are answered while the rest is still to be done", async () => {
  const { client, acts, bodies } = await start();
  client.write(post("Get", "a").repeat(20));
  expect(await bodies(20)).toHaveLength(20);
  const groups = acts.join(" ").split("settle");
  expect(groups.map((group) => group.trim().split(" ").filter(Boolean).length)).toEqual([
    8, 8, 4, 0,
  ]);
});

test("a request that comes in pieces is carried out when it is whole", async () => {
  const { client, acts, bodies } = await start();
  for (const piece of post("Get", "abc")) {
    client.write(piece);
    await new Promise(setImmediate);
  }
  expect(await bodies(1)).toEqual(["200 abc"]);
  expect(acts.filter((act) => act === "Get")).toHaveLength(1);
});

test("what fails takes back all that came with it, and what follows is carried out", async () => {
  const { client, acts, bodies } = await start();
  client.write(post("Put", "a") + post("Break", "b") + post("Get", "c"));
  expect(await bodies(3)).toEqual(["500 failed", "500 failed", "200 c"]);
  expect(acts).toEqual(["Put", "Break", "undo", "Get", "settle"]);
});

test("nothing is answered as done that could not be kept", async () => {
  const { client, bodies } = await start({
    settle() {
      throw new Error("disk full");
    },
  });
  client.write(post("Put", "a"));
  expect(await bodies(1)).toEqual(["500 failed"]);
});

test("an answer that takes its time holds back those behind it, and no work", async () => {
  const late = Promise.withResolvers<void>();
  const begun: string[] = [];
  const { client, bodies } = await start({
    async answer({ body }: WireRequest) {
      begun.push(body);
      if (body === "a") await late.promise;
      else late.resolve();
      return { status: 200, body };
    },
  });
  client.write(post("Receive", "a") + post("Send", "b"));
  expect(await bodies(2)).toEqual(["200 a", "200 b"]);
  expect(begun).toEqual(["a", "b"]);
});

test.each([
  ["names no length", "POST / HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["is no POST", "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"],
  ["is above all that is taken", "POST / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n"],
  ["has a head without an end", "x".repeat(70_000)],
])("a request that %s ends its connection", async (_, text) => {
  const { client } = await start();
  client.on("error", () => {});
  const closed = once(client, "close");
  client.write(text);
  await closed;
});

test("a connection that asks for it ends with its answer", async () => {
  const { client, bodies } = await start();
  const ended = once(client, "end");
  client.write(post("Get", "a", "Connection: close\r\n"));
  expect(await bodies(1)).toEqual(["200 a"]);
  await ended;
});
