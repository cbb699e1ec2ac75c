import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, clientOf, eventually, type Outlet, startOutlet } from "./runtime-fixture.ts";

let outlet: Outlet;
let owner: Client;
beforeAll(async () => {
  outlet = await startOutlet();
  owner = await outlet.as("owner");
});
afterAll(() => outlet.stop());

test("an owner erases what one client has said, and nothing of another's", async () => {
  const bot = await outlet.publish({ throttle: null, quota: null });
  const base = `/bots/${bot.botId}/publication`;
  const key = (await owner("POST", `${base}/keys`, { label: "Another" })).json;
  const other = clientOf(bot.endpoint, { "x-api-key": key.value });
  const body = { message: { content: [{ contentType: "text", body: "Hello" }] } };
  const mine = await Promise.all(Array.from({ length: 5 }, () => bot.ask("Hello")));
  const theirs = (await other("POST", "/conversation", body, { prefer: "wait=20" })).json;

  const begun = await owner("POST", `${base}/erasures`, { keyId: bot.keyId });
  expect([begun.status, begun.json.status]).toEqual([202, "erasing"]);
  const { json } = await eventually(
    () => owner("GET", `${base}/erasures`),
    (reply) => reply.json.erasures[0]?.status === "erased",
  );
  expect(json.erasures).toMatchObject([{ status: "erased", conversations: 5, requests: 5 }]);
  for (const { conversationId } of mine) {
    expect((await bot.call("GET", `/conversation/${conversationId}`)).status).toBe(404);
  }
  expect((await other("GET", `/conversation/${theirs.conversationId}`)).status).toBe(200);
  const { runs } = (await owner("GET", `${base}/runs`)).json;
  expect(runs.map(({ keyId }: { keyId: string }) => keyId)).toEqual([key.keyId]);
  // The client goes on, with nothing of before.
  expect((await bot.ask("Hello again")).reply.status).toBe(200);
});

test("what the client of a key said that is gone is erased by the key's id", async () => {
  const bot = await outlet.publish({ throttle: null, quota: null });
  const base = `/bots/${bot.botId}/publication`;
  await bot.ask("Hello");
  expect((await owner("DELETE", `${base}/keys/${bot.keyId}`)).status).toBe(204);
  const [run] = (await owner("GET", `${base}/runs`)).json.runs;
  expect((await owner("POST", `${base}/erasures`, { keyId: run.keyId })).status).toBe(202);
  const { json } = await eventually(
    () => owner("GET", `${base}/erasures`),
    (reply) => reply.json.erasures[0]?.status === "erased",
  );
  expect(json.erasures).toMatchObject([{ conversations: 1, requests: 1 }]);
  expect((await owner("GET", `${base}/runs`)).json.runs).toEqual([]);
  expect((await owner("POST", `${base}/erasures`, { keyId: "none" })).status).toBe(404);
});

test.each([{}, { clientId: "a", keyId: "b" }])("%j names nobody's conversations", async (named) => {
  const bot = await outlet.publish();
  const path = `/bots/${bot.botId}/publication/erasures`;
  expect((await owner("POST", path, named)).status).toBe(422);
});
