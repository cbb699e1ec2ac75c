import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import { clientOf } from "./runtime-fixture.ts";

const { outlet, owner } = await outletOfFile();
const bot = await outlet.publish({ throttle: null, quota: null });
const keys = `/bots/${bot.botId}/publication/keys`;

async function keyWith(limits: object) {
  const made = await owner("POST", keys, { label: "Limited", ...limits });
  expect(made.status).toBe(201);
  const key: { keyId: string; value: string } = made.json;
  return { ...key, call: clientOf(bot.endpoint, { "x-api-key": key.value }) };
}

const message = { message: { content: [{ contentType: "text", body: "Hi" }] } };

describe("a key", () => {
  test("does what its scopes say, on every face, and can always ask what they are", async () => {
    const { conversationId } = await bot.ask("Hello");
    const path = `/conversation/${conversationId}`;
    const statuses = async (scopes: string[]) => {
      const { call } = await keyWith({ scopes });
      const replies = [
        await call("POST", "/conversation", message),
        await call("POST", "/v1/chat/completions", { model: "x", messages: [] }),
        await call("GET", path),
        await call("GET", "/v1/models"),
        await call("DELETE", path),
      ];
      const own = await call("GET", "/v1/key");
      expect([own.status, own.json.scopes]).toEqual([200, scopes]);
      expect((await call("GET", "/health")).status).toBe(200);
      return replies.map(({ json, status }) =>
        json?.error?.code === "scope_missing" ? "scope" : status < 500,
      );
    };
    expect(await statuses(["invoke"])).toEqual([true, true, "scope", "scope", "scope"]);
    expect(await statuses(["read"])).toEqual(["scope", "scope", true, true, "scope"]);
    expect(await statuses(["delete"])).toEqual(["scope", "scope", "scope", "scope", true]);
  });

  test("says of itself what its owner set, and none of the owner's notes", async () => {
    const expiresAt = "2100-01-01T00:00:00.000Z";
    const limits = { scopes: ["read"], allowedIps: ["127.0.0.0/8"], expiresAt };
    const { call, keyId, value } = await keyWith({ ...limits, metadata: { team: "SECRET-TEAM" } });
    const reply = await call("GET", "/v1/key");
    expect(reply.json).toMatchObject({
      id: keyId,
      label: "Limited",
      scopes: ["read"],
      allowed_ips: ["127.0.0.0/8"],
      allowed_origins: null,
      expires_at: Date.parse(expiresAt) / 1000,
    });
    expect(reply.text).not.toContain("SECRET-TEAM");
    expect(reply.text).not.toContain(value);
  });

  test("is none from an address outside its ranges", async () => {
    const { value } = await keyWith({ allowedIps: ["127.0.0.1", "127.5.0.0/16"] });
    const from = (localAddress: string, headers = {}) =>
      new Promise<number>((resolve, reject) => {
        const { port, pathname } = new URL(`${bot.endpoint}/health`);
        const options = { host: "127.0.0.1", port, path: pathname, localAddress };
        request({ ...options, headers: { "x-api-key": value, ...headers } }, (res) => {
          res.resume().on("end", () => resolve(res.statusCode ?? 0));
        })
          .on("error", reject)
          .end();
      });
    expect([await from("127.0.0.1"), await from("127.5.9.9"), await from("127.6.0.1")]).toEqual([
      200, 200, 403,
    ]);
    expect(await from("127.6.0.1", { "x-forwarded-for": "127.0.0.1" })).toBe(403);
  });

  test("for pages of some origins is none to others, or to who is no page", async () => {
    const { call } = await keyWith({ allowedOrigins: ["https://shop.example"] });
    const asPageOf = async (origin?: string) =>
      (await call("GET", "/health", undefined, origin ? { origin } : {})).status;
    expect([
      await asPageOf("https://shop.example"),
      await asPageOf("https://evil.example"),
      await asPageOf(),
    ]).toEqual([200, 403, 403]);
  });

  test("that is narrowed, widened or ended is so at the next request, while others are served", async () => {
    const { keyId, call } = await keyWith({});
    let loading = true;
    const load = Array.from({ length: 4 }, async () => {
      while (loading) await bot.call("GET", "/health");
    });
    const seen: number[] = [];
    for (let round = 0; round < 20; round++) {
      for (const change of [
        { scopes: ["delete"] },
        { scopes: ["read"] },
        { enabled: false },
        { enabled: true },
      ]) {
        expect((await owner("PATCH", `${keys}/${keyId}`, change)).status).toBe(200);
        seen.push((await call("GET", "/v1/models")).status);
      }
    }
    loading = false;
    await Promise.all(load);
    expect(seen).toEqual(Array.from({ length: 20 }, () => [403, 200, 403, 200]).flat());
    expect((await owner("DELETE", `${keys}/${keyId}`)).status).toBe(204);
    expect((await call("GET", "/v1/key")).status).toBe(403);
  });
});

test.each([
  [{ scopes: [] }, "scopes"],
  [{ scopes: ["admin"] }, "scopes[0]"],
  [{ allowedIps: ["10.0.0.0/33"] }, "allowedIps[0]"],
  [{ allowedIps: Array(21).fill("10.0.0.1") }, "allowedIps"],
  [{ allowedOrigins: [""] }, "allowedOrigins[0]"],
  [{ metadata: { "a b": "x" } }, "metadata.a b"],
  [{ metadata: { a: "x".repeat(201) } }, "metadata.a"],
])("%j makes no key, and is named", async (limits, param) => {
  const refused = await owner("POST", keys, { label: "Wrong", ...limits });
  expect([refused.status, refused.json.error.param]).toEqual([422, param]);
});
