import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLog } from "@outlet/core/ports";
import { afterEach, expect, test } from "vitest";
import { canary, lookedThrough, takeSightings } from "./canary.test-support.ts";

afterEach(() => void takeSightings());

/** What is seen of an answer that a server of this process gives. */
async function seenOf(path: string, pieces: string[], status = 200, header = "none") {
  const server = createServer((_req, res) => {
    res.writeHead(status, { "x-said": header });
    for (const piece of pieces) res.write(piece);
    res.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  server.close();
  return takeSightings();
}

test("the word is seen in what a published bot answers, across pieces and in headers too", async () => {
  const path = "/abcdefghij/api/conversation";
  const [half, rest] = [canary.slice(0, 5), canary.slice(5)];
  expect(await seenOf(path, [`{"a":"${canary}"}`])).toEqual([`GET ${path}`]);
  expect(await seenOf(path, [`data: ${half}`, rest])).toEqual([`GET ${path}`]);
  expect(await seenOf(path, ["{}"], 200, canary)).toEqual([`headers of GET ${path}`]);
  expect(await seenOf(path, ["data: CANARY", "-none"])).toEqual([]);
});

test("an owner may read it, but no refusal repeats it", async () => {
  expect(await seenOf("/api/bots/1", [canary])).toEqual([]);
  expect(await seenOf("/api/bots/1", [canary], 422)).toEqual(["GET /api/bots/1"]);
});

test("the word is seen in a log, in the cause of an error too", () => {
  lookedThrough(silentLog).warn("It failed", {
    cause: new Error("outer", { cause: new Error(canary) }),
  });
  expect(takeSightings()).toEqual(["log: It failed"]);
});
