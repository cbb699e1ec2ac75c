import { describe, expect, test } from "vitest";
import { createControlApi } from "@outlet/functions/control-api/app";
import { codeOf, outletOfFile } from "./outlet-of-file.ts";
import { type Client, clientOf, createSharedBot, eventually } from "./runtime-fixture.ts";

const { outlet, owner, user, admin } = await outletOfFile();

const isSettled = (reply: Awaited<ReturnType<Client>>) =>
  !["publishing", "updating", "unpublishing"].includes(reply.json.status);

describe("who may come in", () => {
  /** Routes anybody may ask. Every other one demands a token. */
  const open = ["GET /api/health", "GET /api/openapi.json"];

  test("every route but the two open ones demands a token", async () => {
    const { routes } = createControlApi({
      authentication: { issuer: "http://localhost", clientIds: [] },
    } as never);
    const walked = new Set<string>();
    for (const { method, path } of routes) {
      if (method === "ALL" || open.includes(`${method} ${path}`)) continue;
      const concrete = path
        .replace(/^\/api/, "")
        .replace(/:[a-zA-Z]+/g, "01M82S1M39YS2CZ1EZTE4VHC80");
      walked.add(`${method} ${path}`);
      const reply = await outlet.anonymous(method, concrete);
      expect([method, path, ...codeOf(reply)]).toEqual([method, path, 401, "unauthenticated"]);
      expect(reply.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect(walked.size).toBeGreaterThanOrEqual(18);
  });

  test("an unknown route demands a token before it says that it is unknown", async () => {
    expect(codeOf(await outlet.anonymous("GET", "/nope"))).toEqual([401, "unauthenticated"]);
    expect(codeOf(await owner("GET", "/nope"))).toEqual([404, "route_not_found"]);
    expect(codeOf(await owner("PUT", "/bots"))).toEqual([405, "method_not_allowed"]);
  });

  test("health and description are open", async () => {
    expect((await outlet.anonymous("GET", "/health")).json).toEqual({ status: "ok" });
    const { json } = await outlet.anonymous("GET", "/openapi.json");
    expect(json.openapi).toBe("3.1.0");
    expect(Object.keys(json.paths)).toContain("/api/bots/{botId}/publication");
  });

  test("an API key of a bot is no access token", async () => {
    const { apiKey } = outlet.ready.sampleBot;
    const call = clientOf(outlet.ready.controlApiUrl, { authorization: `Bearer ${apiKey}` });
    expect(codeOf(await call("GET", "/me"))).toEqual([401, "unauthenticated"]);
  });
});

describe("me", () => {
  test("says what each user may do and why not", async () => {
    expect((await owner("GET", "/me")).json).toMatchObject({
      username: "owner",
      may: { publish: { allowed: true, reason: null }, administer: { allowed: false } },
    });
    const plain = (await user("GET", "/me")).json;
    expect(plain.may.publish.allowed).toBe(false);
    expect(plain.may.publish.reason).toContain("PublishAllowed");
    expect((await admin("GET", "/me")).json.may.administer.allowed).toBe(true);
  });
});

describe("bots", () => {
  test("a bot is created, read, edited, listed and deleted", async () => {
    const made = await owner("POST", "/bots", { title: "  Parrot ", instruction: "Repeat." });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ title: "Parrot", scope: "private", syncStatus: "SUCCEEDED" });
    const path = `/bots/${made.json.botId}`;
    expect((await owner("GET", path)).json).toEqual(made.json);
    const edited = await owner("PATCH", path, { generation: { temperature: 0.5 } });
    expect(edited.json.generation).toEqual({ ...made.json.generation, temperature: 0.5 });
    const listed = (await owner("GET", "/bots?of=me")).json.bots;
    expect(listed.map((bot: { botId: string }) => bot.botId)).toContain(made.json.botId);
    expect((await owner("DELETE", path)).status).toBe(204);
    expect(codeOf(await owner("GET", path))).toEqual([404, "not_found"]);
  });

  test("lists come in pages, one's own bots first, each bot once", async () => {
    for (let i = 0; i < 5; i++) await createSharedBot(user, { title: `Mine ${i}` });
    for (let i = 0; i < 4; i++) await createSharedBot(owner, { title: `Yours ${i}` });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
      const page = (await user("GET", `/bots?limit=2${query}`)).json;
      seen.push(...page.bots.map((bot: { title: string }) => bot.title));
      cursor = page.cursor;
    } while (cursor);
    expect(seen.slice(0, 5)).toEqual(["Mine 4", "Mine 3", "Mine 2", "Mine 1", "Mine 0"]);
    expect(seen).toContain("Yours 0");
    expect(new Set(seen).size).toBe(seen.length);
  });

  const invalid: [name: string, body: unknown, param: string | null, code?: string][] = [
    ["no title", {}, "title"],
    ["a blank title", { title: " " }, "title"],
    ["a title of 101 characters", { title: "x".repeat(101) }, "title"],
    ["an unknown field", { title: "x", tilte: "y" }, "tilte"],
    [
      "a temperature of 2",
      { title: "x", generation: { temperature: 2 } },
      "generation.temperature",
    ],
    ["an unknown model", { title: "x", model: "gpt-9" }, "model", "model_not_allowed"],
    ["a list for an object", { title: "x", generation: [] }, "generation"],
    ["broken JSON", "{", null, "invalid_json"],
  ];
  for (const [name, body, param, code = "invalid_request"] of invalid) {
    test(`${name} is refused and makes no bot`, async () => {
      const count = async () => (await owner("GET", "/bots?of=me&limit=100")).json.bots.length;
      const before = await count();
      const reply = await owner("POST", "/bots", body);
      expect([reply.status, reply.json.error.code, reply.json.error.param]).toEqual([
        422,
        code,
        param,
      ]);
      expect(await count()).toBe(before);
    });
  }

  test("another content type and a body that is too large are refused", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(codeOf(await owner("POST", "/bots", "title=x", form))).toEqual([
      415,
      "unsupported_media_type",
    ]);
    const large = { title: "x", instruction: "x".repeat(5_600_000) };
    expect(codeOf(await owner("POST", "/bots", large))).toEqual([413, "payload_too_large"]);
  });

  test("somebody else's private bot is the same 404 as a missing one", async () => {
    const { botId } = (await owner("POST", "/bots", { title: "Private" })).json;
    for (const [method, path, body] of [
      ["GET", `/bots/${botId}`],
      ["PATCH", `/bots/${botId}`, { title: "Stolen" }],
      ["DELETE", `/bots/${botId}`],
      ["PUT", `/bots/${botId}/sharing`, { scope: "all" }],
      ["GET", `/bots/${botId}/knowledge`],
      ["POST", `/bots/${botId}/knowledge`, { name: "x", text: "x" }],
    ] as const) {
      expect(codeOf(await user(method, path, body))).toEqual([404, "not_found"]);
    }
    expect((await owner("GET", `/bots/${botId}`)).json.title).toBe("Private");
    expect((await admin("GET", `/bots/${botId}`)).status).toBe(200);
  });

  test("a shared bot can be seen by all, without its instruction, and changed by none", async () => {
    const { botId } = await createSharedBot(owner, { instruction: "The recipe." });
    const seen = await user("GET", `/bots/${botId}`);
    expect([seen.status, seen.json.instruction, seen.json.mine]).toEqual([200, null, false]);
    expect(codeOf(await user("PATCH", `/bots/${botId}`, { title: "x" }))).toEqual([
      404,
      "not_found",
    ]);
  });
});

describe("publishing", () => {
  const publication = (botId: string) => `/bots/${botId}/publication`;

  test("a bot is published, changed in place, paused, resumed and unpublished", async () => {
    const bot = await outlet.publish({ throttle: null, quota: null });
    const path = publication(bot.botId);
    const before = (await owner("GET", path)).json;
    expect(before).toMatchObject({
      status: "published",
      throttle: null,
      quota: null,
      failure: null,
    });
    const change = {
      throttle: { burstLimit: 7, rateLimit: 0.5 },
      quota: { limit: 9, period: "WEEK" },
    };
    expect((await owner("PATCH", path, change)).status).toBe(202);
    const after = (await eventually(() => owner("GET", path), isSettled)).json;
    expect(after).toMatchObject({ ...change, endpoint: before.endpoint, status: "published" });
    expect((await bot.call("GET", "/health")).status).toBe(200);

    expect((await owner("POST", `${path}/pause`)).json.status).toBe("paused");
    const paused = await bot.call("GET", "/health");
    expect(codeOf(paused)).toEqual([503, "bot_paused"]);
    expect(paused.headers.get("x-should-retry")).toBe("false");
    expect((await owner("POST", `${path}/resume`)).json.status).toBe("published");

    expect(codeOf(await owner("DELETE", path, { title: "wrong" }))).toEqual([
      422,
      "title_mismatch",
    ]);
    expect((await owner("DELETE", path, { title: bot.title })).status).toBe(202);
    const gone = (await eventually(() => owner("GET", path), isSettled)).json;
    expect(gone).toMatchObject({ status: "unpublished", endpoint: null });
    expect((await bot.call("GET", "/health")).status).toBe(404);
    expect(codeOf(await owner("GET", `${path}/keys`))).toEqual([409, "not_published"]);
  });

  test("a published bot can be published again after it was unpublished, with new keys", async () => {
    const bot = await outlet.publish();
    const path = publication(bot.botId);
    await owner("DELETE", path, { title: bot.title });
    await eventually(() => owner("GET", path), isSettled);
    expect((await owner("POST", path, {})).status).toBe(202);
    const { endpoint } = (await eventually(() => owner("GET", path), isSettled)).json;
    const old = clientOf(endpoint, { "x-api-key": bot.apiKey });
    expect((await old("GET", "/health")).status).toBe(403);
  });

  test("a private bot is refused, and nothing is made", async () => {
    const { botId } = (await owner("POST", "/bots", { title: "Private" })).json;
    const reply = await owner("POST", publication(botId), {});
    expect(codeOf(reply)).toEqual([409, "prerequisites_not_met"]);
    expect(reply.json.prerequisites.map((p: { name: string }) => p.name)).toEqual(["scope"]);
    expect((await owner("GET", publication(botId))).json.status).toBe("unpublished");
  });

  test("a user outside PublishAllowed is refused, and told the way", async () => {
    const { botId } = await createSharedBot(user);
    const reply = await user("POST", publication(botId), {});
    expect(codeOf(reply)).toEqual([403, "publish_not_allowed"]);
    const { json } = await user("GET", publication(botId));
    expect(json.status).toBe("unpublished");
    expect(json.prerequisites[0]).toMatchObject({ name: "may_publish", met: false });
  });

  test("a second publish is refused while the first runs, and after it", async () => {
    const { botId } = await createSharedBot(owner);
    const replies = await Promise.all([1, 2, 3].map(() => owner("POST", publication(botId), {})));
    expect(replies.map((r) => r.status).sort()).toEqual([202, 409, 409]);
    const refused = replies.filter((r) => r.status === 409).map((r) => r.json.error.code);
    for (const code of refused)
      expect(["publication_in_progress", "already_published"]).toContain(code);
    await eventually(() => owner("GET", publication(botId)), isSettled);
    expect(codeOf(await owner("POST", publication(botId), {}))).toEqual([409, "already_published"]);
  });

  const invalid: [name: string, body: object, param: string | null][] = [
    ["a list", [], null],
    ["a list of alerts", { alerts: [] }, "alerts"],
    ["a burst of 0", { throttle: { burstLimit: 0, rateLimit: 1 } }, "throttle.burstLimit"],
    ["a rate of 0", { throttle: { burstLimit: 1, rateLimit: 0 } }, "throttle.rateLimit"],
    ["a negative rate", { throttle: { burstLimit: 1, rateLimit: -5 } }, "throttle.rateLimit"],
    ["a rate without a burst", { throttle: { rateLimit: 5 } }, "throttle.burstLimit"],
    ["half a quota", { quota: { limit: 1.5, period: "DAY" } }, "quota.limit"],
    ["a quota a year", { quota: { limit: 1, period: "YEAR" } }, "quota.period"],
    ["an origin without a scheme", { allowedOrigins: ["example.com"] }, "allowedOrigins[0]"],
    [
      "an origin with a path",
      { allowedOrigins: ["*", "https://a.example/x"] },
      "allowedOrigins[1]",
    ],
    ["a stage with a slash", { stage: "a/b" }, "stage"],
    ["an unknown field", { burst: 1 }, "burst"],
  ];
  for (const [name, body, param] of invalid) {
    test(`${name} is refused and publishes nothing`, async () => {
      const { botId } = await createSharedBot(owner);
      const reply = await owner("POST", publication(botId), body);
      expect([...codeOf(reply), reply.json.error.param]).toEqual([422, "invalid_request", param]);
      expect((await owner("GET", publication(botId))).json.status).toBe("unpublished");
    });
  }

  test("sharing cannot change while the bot is published", async () => {
    const bot = await outlet.publish();
    const reply = await owner("PUT", `/bots/${bot.botId}/sharing`, { scope: "private" });
    expect(codeOf(reply)).toEqual([409, "bot_published"]);
  });

  test("deleting a published bot unpublishes it first", async () => {
    const bot = await outlet.publish();
    expect((await owner("DELETE", `/bots/${bot.botId}`)).status).toBe(202);
    const gone = await eventually(
      () => owner("GET", `/bots/${bot.botId}`),
      (r) => r.status === 404,
    );
    expect(gone.status).toBe(404);
    expect((await bot.call("GET", "/health")).status).toBe(404);
  });

  test("an administrator who publishes leaves the owner the owner", async () => {
    const { botId, ownerId } = await createSharedBot(owner);
    expect((await admin("POST", publication(botId), {})).status).toBe(202);
    const settled = await eventually(() => owner("GET", publication(botId)), isSettled);
    expect(settled.json.status).toBe("published");
    expect((await owner("GET", `/bots/${botId}`)).json.ownerId).toBe(ownerId);
  });
});

describe("keys", () => {
  test("a value is shown once, and never again", async () => {
    const bot = await outlet.publish();
    const path = `/bots/${bot.botId}/publication/keys`;
    const made = await owner("POST", path, { label: "CI" });
    expect(made.status).toBe(201);
    expect(made.json.value).toMatch(/^outlet_[0-9A-Za-z]{36}$/);
    expect(made.json.last4).toBe(made.json.value.slice(-4));
    const listed = await owner("GET", path);
    expect(listed.json.keys.map((k: { label: string }) => k.label)).toEqual(["Test", "CI"]);
    expect(listed.text).not.toContain(made.json.value);
    const patched = await owner("PATCH", `${path}/${made.json.keyId}`, { label: "Build" });
    expect(patched.json).toMatchObject({ label: "Build", enabled: true });
    expect(patched.text).not.toContain(made.json.value);
  });

  test("an expired key opens nothing", async () => {
    const bot = await outlet.publish();
    const path = `/bots/${bot.botId}/publication/keys`;
    const expiresAt = new Date(Date.now() + 5_000).toISOString();
    const { value } = (await owner("POST", path, { label: "Short", expiresAt })).json;
    const call = clientOf(bot.endpoint, { "x-api-key": value });
    expect((await call("GET", "/health")).status).toBe(200);
    const late = await eventually(
      () => call("GET", "/health"),
      (r) => r.status !== 200,
    );
    expect(late.text).toBe('{"message":"Forbidden"}');
  });

  test("keys of somebody else's published bot cannot be listed, made or removed", async () => {
    const bot = await outlet.publish();
    const path = `/bots/${bot.botId}/publication/keys`;
    for (const [method, target, body] of [
      ["GET", path],
      ["POST", path, { label: "x" }],
      ["PATCH", `${path}/${bot.keyId}`, { enabled: false }],
      ["DELETE", `${path}/${bot.keyId}`],
      ["GET", `/bots/${bot.botId}/publication`],
      ["DELETE", `/bots/${bot.botId}/publication`, { title: bot.title }],
    ] as const) {
      expect(codeOf(await user(method, target, body))).toEqual([404, "not_found"]);
    }
    expect((await bot.call("GET", "/health")).status).toBe(200);
  });

  test("bad input makes no key", async () => {
    const bot = await outlet.publish();
    const path = `/bots/${bot.botId}/publication/keys`;
    for (const body of [
      {},
      { label: "" },
      { label: "x", expiresAt: "tomorrow" },
      { label: "x", expiresAt: "2020-01-01T00:00:00Z" },
      { label: "x", value: "mine" },
    ]) {
      expect(codeOf(await owner("POST", path, body))).toEqual([422, "invalid_request"]);
    }
    expect((await owner("GET", path)).json.keys).toHaveLength(1);
    expect(codeOf(await owner("DELETE", `${path}/nope`))).toEqual([404, "not_found"]);
  });
});
