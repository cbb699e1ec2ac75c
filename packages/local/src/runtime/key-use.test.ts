import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Client,
  clientOf,
  type Outlet,
  type PublishedBot,
  startOutlet,
} from "./runtime-fixture.ts";

let outlet: Outlet;
let owner: Client;
let bot: PublishedBot;
let keys: string;
beforeAll(async () => {
  outlet = await startOutlet([
    "--caps",
    "keys=12,bots=4,testsPerDay=2",
    "--key-lifetime-days",
    "30",
    "--key-lifetime-most-days",
    "90",
  ]);
  owner = await outlet.as("owner");
  bot = await outlet.publish({
    throttle: { rateLimit: 1_000, burstLimit: 1_000 },
    quota: { limit: 1_000, period: "DAY" },
  });
  keys = `/bots/${bot.botId}/publication/keys`;
});
afterAll(() => outlet.stop());

async function keyWith(limits: object) {
  const made = await owner("POST", keys, { label: "Limited", ...limits });
  expect([made.status, made.json?.error?.code]).toEqual([201, undefined]);
  const key: { keyId: string; value: string; expiresAt: string } = made.json;
  return { ...key, call: clientOf(bot.endpoint, { "x-api-key": key.value }) };
}

describe("a key of its own limits", () => {
  test("sends as many requests as its quota, whatever comes at once, and says so", async () => {
    const { call } = await keyWith({ quota: { limit: 10, period: "DAY" } });
    const replies = await Promise.all(Array.from({ length: 25 }, () => call("GET", "/health")));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    const refused = replies.find(({ status }) => status === 429);
    expect([refused?.json.error.code, refused?.headers.get("x-should-retry")]).toEqual([
      "quota_exceeded",
      "false",
    ]);
    expect((await bot.call("GET", "/health")).status).toBe(200);
  });

  test("sends no more at once than its burst", async () => {
    const { call } = await keyWith({ throttle: { rateLimit: 0.01, burstLimit: 5 } });
    const replies = await Promise.all(Array.from({ length: 15 }, () => call("GET", "/health")));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = replies.find(({ status }) => status === 429);
    expect([refused?.json.error.code, refused?.headers.get("retry-after")]).toEqual([
      "rate_exceeded",
      "100",
    ]);
  });

  test("says what it has, has used, and has left", async () => {
    const { call } = await keyWith({
      quota: { limit: 3, period: "MONTH" },
      throttle: { rateLimit: 5, burstLimit: 7 },
    });
    await call("GET", "/health");
    const { json } = await call("GET", "/v1/key");
    expect(json.throttle).toEqual({ burst: 7, requests_per_second: 5 });
    expect(json.quota).toMatchObject({ limit: 3, period: "month", used: 2, remaining: 1 });
  });

  test.each([
    [{ throttle: { rateLimit: 1_001, burstLimit: 1 } }, "throttle.rateLimit"],
    [{ throttle: { rateLimit: 1, burstLimit: 1_001 } }, "throttle.burstLimit"],
    [{ quota: { limit: 1_001, period: "DAY" } }, "quota.limit"],
    [{ expiresAt: null }, "expiresAt"],
    [{ expiresAt: "2100-01-01T00:00:00Z" }, "expiresAt"],
  ])("is refused where it stands above what is allowed: %j", async (limits, param) => {
    const made = await owner("POST", keys, { label: "Wide", ...limits });
    expect([made.status, made.json.error.param]).toEqual([422, param]);
    const changed = await owner("PATCH", `${keys}/${bot.keyId}`, limits);
    expect([changed.status, changed.json.error.param]).toEqual([422, param]);
  });

  test("ends when keys of the installation do, where nothing is said", async () => {
    const days = (Date.parse((await keyWith({})).expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThanOrEqual(30);
  });
});

test("keys are revoked together, and at once", async () => {
  const made = [await keyWith({}), await keyWith({}), await keyWith({})];
  const [first, second, third] = made;
  const statuses = () =>
    Promise.all(made.map(async ({ call }) => (await call("GET", "/health")).status));
  expect(await statuses()).toEqual([200, 200, 200]);
  const some = await owner("POST", `${keys}/revoke`, {
    keyIds: [first?.keyId, second?.keyId, "01M82S1M39YS2CZ1EZTE4VHC80"],
  });
  expect([some.json.revoked.length, some.json.missing]).toEqual([
    2,
    ["01M82S1M39YS2CZ1EZTE4VHC80"],
  ]);
  expect(await statuses()).toEqual([403, 403, 200]);
  const all = await owner("POST", `${keys}/revoke`, {});
  expect(all.json.revoked).toContain(third?.keyId);
  expect(await statuses()).toEqual([403, 403, 403]);
  expect((await owner("GET", keys)).json.keys).toEqual([]);
});

describe("a person", () => {
  test("has no more keys and bots than the installation allows, however many are asked for at once", async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => owner("POST", keys, { label: "One more" })),
    );
    const refused = replies.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(8);
    expect(new Set(refused.map(({ status, json }) => `${status} ${json.error.code}`))).toEqual(
      new Set(["409 limit_reached"]),
    );
    expect(refused[0]?.json.detail).toContain("12 keys");
    expect(refused[0]?.json).toMatchObject({ limit: "keys", most: 12 });
    const user = await outlet.as("user");
    const bots = await Promise.all(
      Array.from({ length: 9 }, () => user("POST", "/bots", { title: "Another" })),
    );
    expect(bots.filter(({ status }) => status === 201)).toHaveLength(4);
  });

  test("asks in test chats so often a day, each in the ledger as a test", async () => {
    const ask = () =>
      owner("POST", `/bots/${bot.botId}/test`, { messages: [{ role: "user", text: "Hi" }] });
    const statuses = [(await ask()).status, (await ask()).status];
    const third = await ask();
    expect([...statuses, third.status]).toEqual([200, 200, 429]);
    expect(third.json.detail).toContain("2 questions");
    expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
    const usage = await owner("GET", `/bots/${bot.botId}/publication/usage?by=key`);
    const tests = usage.json.groups.find(({ group }: { group: string }) => group === "test");
    expect(tests).toMatchObject({ label: "Playground", runs: 2 });
    const admin = await outlet.as("admin");
    const { json } = await admin("GET", `/admin/audit?botId=${bot.botId}&action=bot.test`);
    expect(json.entries.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "refused",
      "done",
      "done",
    ]);
  });
});
