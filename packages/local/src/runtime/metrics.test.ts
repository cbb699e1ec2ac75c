import { describe, expect, test } from "vitest";
import { codeOf, linesOf, outletOfFile } from "./outlet-of-file.ts";
import { clientOf, createSharedBot, eventually } from "./runtime-fixture.ts";

const { outlet, owner, user, admin } = await outletOfFile();

const hourAgo = () => new Date(Date.now() - 3_600_000).toISOString();

describe("metrics of a publication", () => {
  test("count what clients did, refusals too, and say nothing of quiet minutes", async () => {
    const bot = await outlet.publish({ throttle: null, quota: { limit: 4, period: "DAY" } });
    for (let i = 0; i < 6; i++) await bot.call("GET", "/health");
    await clientOf(bot.endpoint, { "x-api-key": "nonsense" })("GET", "/health");
    const path = `/bots/${bot.botId}/publication/metrics`;
    const { status, json } = await owner("GET", `${path}?period=60`);
    expect(status).toBe(200);
    // One is the probe that publishing makes.
    expect(json.totals).toMatchObject({
      requests: 8,
      clientErrors: 3,
      serverErrors: 0,
      throttled: 0,
      quotaExceeded: 2,
      errorRate: 3 / 8,
    });
    expect(json.totals.p50).toBeGreaterThan(0);
    expect(json.points.length).toBeGreaterThanOrEqual(24 * 60);
    expect(json.points.at(0)).toMatchObject({ requests: null, p99: null, errorRate: null });
    const seen = json.points.map((p: { requests: number | null }) => p.requests ?? 0);
    expect(seen.reduce((sum: number, n: number) => sum + n, 0)).toBe(8);
  });

  test("stay when the bot is unpublished, every line counted once", async () => {
    const bot = await outlet.publish();
    for (let i = 0; i < 3; i++) await bot.call("GET", "/health");
    const path = `/bots/${bot.botId}/publication`;
    await owner("DELETE", path, { title: bot.title });
    await eventually(
      () => owner("GET", path),
      (r) => r.json.status === "unpublished",
    );
    expect((await owner("GET", `${path}/metrics`)).json.totals.requests).toBe(4);
  });

  test("come as CSV by parameter and by Accept header", async () => {
    const bot = await outlet.publish();
    const path = `/bots/${bot.botId}/publication/metrics?from=${hourAgo()}&period=900`;
    const byParameter = await owner("GET", `${path}&format=csv`);
    expect(byParameter.headers.get("content-type")).toContain("text/csv");
    expect(linesOf(byParameter.text)[0]).toBe(
      '"at","requests","clientErrors","serverErrors","errorRate","throttled","quotaExceeded","p50","p90","p99"',
    );
    const byHeader = await owner("GET", path, undefined, { accept: "text/csv" });
    expect(byHeader.text).toBe(byParameter.text);
    // A quiet period has a time and nothing else.
    expect(linesOf(byHeader.text)[1]).toMatch(/Z"(,""){9}$/);
  });

  const invalid: [name: string, query: string, param: string][] = [
    ["no RFC 3339 time", "from=yesterday", "from"],
    ["the 30th of February", "from=2026-02-30T00:00:00Z", "from"],
    ["from after to", "from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z", "from"],
    ["a period of 61 s", "period=61", "period"],
    [
      "too many points",
      `from=${new Date(Date.now() - 10 * 86_400_000).toISOString()}&period=60`,
      "period",
    ],
    [
      "minutes of last month",
      `from=${new Date(Date.now() - 30 * 86_400_000).toISOString()}&to=${new Date(Date.now() - 29 * 86_400_000).toISOString()}&period=60`,
      "period",
    ],
    ["a time before all records", "from=2001-01-01T00:00:00Z", "from"],
    ["an unknown parameter", "peroid=60", "peroid"],
  ];
  test.each(invalid)("of %s are refused", async (_, query, param) => {
    const { botId } = outlet.ready.sampleBot;
    const reply = await owner("GET", `/bots/${botId}/publication/metrics?${query}`);
    expect([...codeOf(reply), reply.json.error.param]).toEqual([422, "invalid_request", param]);
  });

  test("are nobody else's", async () => {
    const { botId } = outlet.ready.sampleBot;
    for (const page of ["metrics", "usage", "alerts"]) {
      const path = `/bots/${botId}/publication/${page}`;
      expect(codeOf(await user("GET", path))).toEqual([404, "not_found"]);
      expect((await admin("GET", path)).status).toBe(200);
    }
    const own = await createSharedBot(user);
    expect(codeOf(await user("GET", `/bots/${own.botId}/publication/usage`))).toEqual([
      403,
      "publish_not_allowed",
    ]);
  });
});

describe("usage of a publication", () => {
  test("counts each run once, by key, with its times", async () => {
    const bot = await outlet.publish();
    for (const text of ["One?", "Two?"]) await bot.ask(text);
    const path = `/bots/${bot.botId}/publication/usage`;
    const reply = await eventually(
      () => owner("GET", `${path}?by=key`),
      (r) => r.json.total.runs === 2,
    );
    expect(reply.json.total).toMatchObject({ runs: 2, completed: 2, failed: 0 });
    expect(reply.json.total.inputTokens).toBeGreaterThan(0);
    expect(reply.json.groups).toMatchObject([{ group: bot.keyId, label: "Test", runs: 2 }]);
    expect(reply.json.total.runMs.count).toBe(2);
    const [header, row] = linesOf((await owner("GET", `${path}?by=key&format=csv`)).text);
    expect(header).toMatch(/^"group","label","runs",/);
    expect(row).toMatch(new RegExp(`^"${bot.keyId}","Test","2",`));
    const byModel = (await owner("GET", `${path}?by=model`)).json.groups;
    expect(byModel.map((g: { group: string }) => g.group)).toEqual(["outlet-demo"]);
    const noKey = (await owner("GET", `${path}?by=hour&keyId=nope`)).json;
    expect([noKey.total.runs, noKey.groups]).toEqual([0, []]);
  });
});

describe("requests by key", () => {
  test("are what the gateway let through, today and by the day", async () => {
    const bot = await outlet.publish({ quota: { limit: 4, period: "DAY" } });
    const path = `/bots/${bot.botId}/publication/keys`;
    const other = (await owner("POST", path, { label: "Other" })).json;
    for (let i = 0; i < 6; i++) await bot.call("GET", "/health");
    await clientOf(bot.endpoint, { "x-api-key": other.value })("GET", "/health");
    // Publishing probes the endpoint with a key of its own, which is nobody's.
    const listed = (await owner("GET", path)).json.keys;
    expect(
      listed.map((k: { label: string; requestsToday: number }) => [k.label, k.requestsToday]),
    ).toEqual([
      ["Test", 4],
      ["Other", 1],
    ]);
    const day = new Date().toISOString().slice(0, 10);
    const { json } = await owner("GET", `${path}/requests?from=${hourAgo()}`);
    const rows = [
      { day, keyId: bot.keyId, label: "Test", requests: 4 },
      { day, keyId: other.keyId, label: "Other", requests: 1 },
    ];
    expect([json.to, json.requests]).toEqual([day, rows]);
    const ofOne = await owner("GET", `${path}/requests?keyId=${other.keyId}&format=csv`);
    expect(linesOf(ofOne.text)).toEqual([
      '"day","keyId","label","requests"',
      `"${day}","${other.keyId}","Other","1"`,
    ]);
  });

  test("are asked for by at most 90 days, and are nobody else's", async () => {
    const path = `/bots/${outlet.ready.sampleBot.botId}/publication/keys/requests`;
    expect(codeOf(await owner("GET", `${path}?from=2026-01-01T00:00:00Z`))).toEqual([
      422,
      "invalid_request",
    ]);
    expect(codeOf(await user("GET", path))).toEqual([404, "not_found"]);
  });
});

describe("alerts", () => {
  test("go off when a threshold is passed", async () => {
    const alerts = { errorRatePercent: 10, p99Ms: 900_000, quotaUsedPercent: 50 };
    const bot = await outlet.publish({ quota: { limit: 4, period: "DAY" }, alerts });
    const path = `/bots/${bot.botId}/publication`;
    const states = async () =>
      (await owner("GET", `${path}/alerts`)).json.alerts.map(
        (a: { name: string; state: string }) => `${a.name} ${a.state}`,
      );
    expect(await states()).toEqual([
      "error_rate ok",
      "p99_latency ok",
      "quota_used ok",
      "monthly_spend off",
      "budget_used off",
    ]);
    for (let i = 0; i < 6; i++) await bot.call("GET", "/health");
    expect(await states()).toEqual([
      "error_rate alarm",
      "p99_latency ok",
      "quota_used alarm",
      "monthly_spend off",
      "budget_used off",
    ]);
    await owner("PATCH", path, { alerts: { monthlySpendMicroUsd: 1_000_000 } });
    const changed = await eventually(
      () => owner("GET", path),
      (r) => r.json.status === "published",
    );
    expect(changed.json.alerts).toEqual({
      errorRatePercent: null,
      p99Ms: null,
      quotaUsedPercent: null,
      monthlySpendMicroUsd: 1_000_000,
      emails: [],
    });
    expect((await states())[3]).toBe("monthly_spend ok");
  });
});

describe("the administrator's pages", () => {
  const pages = ["publications", "usage", "costs", "patterns", "errors", "idle", "audit"];

  test("are the administrator's", async () => {
    for (const page of pages) {
      for (const client of [owner, user]) {
        expect(codeOf(await client("GET", `/admin/${page}`))).toEqual([403, "forbidden"]);
      }
      const json = await admin("GET", `/admin/${page}`);
      expect([page, json.status, json.json !== null]).toEqual([page, 200, true]);
      const csv = await admin("GET", `/admin/${page}?format=csv`);
      expect(csv.headers.get("content-type")).toContain("text/csv");
      expect(csv.headers.get("content-disposition")).toMatch(/filename="\w+\.csv"/);
      // What is refused is refused as JSON, whatever was asked for.
      expect(codeOf(await owner("GET", `/admin/${page}?format=csv`))).toEqual([403, "forbidden"]);
    }
  });

  test("show every publication with its owner, and usage by bot", async () => {
    const bot = await outlet.publish({}, { title: "=SUM(A1)" });
    await bot.ask("Hello?");
    const listed = (await admin("GET", "/admin/publications?limit=100")).json.publications;
    const mine = listed.find((p: { botId: string }) => p.botId === bot.botId);
    expect(mine).toMatchObject({ title: "=SUM(A1)", status: "published", endpoint: bot.endpoint });
    expect(mine.ageSeconds).toBeGreaterThanOrEqual(0);
    const usage = await eventually(
      () => admin("GET", "/admin/usage"),
      (r) => r.json.groups.some((g: { botId: string }) => g.botId === bot.botId),
    );
    const group = usage.json.groups.find((g: { botId: string }) => g.botId === bot.botId);
    expect(group).toMatchObject({ title: "=SUM(A1)", runs: 1 });
    expect(group.requests).toBeGreaterThanOrEqual(2);
    const sum = (name: string) =>
      usage.json.groups.reduce((n: number, g: Record<string, number>) => n + (g[name] ?? 0), 0);
    for (const name of ["runs", "inputTokens", "costMicroUsd"]) {
      expect([name, sum(name)]).toEqual([name, usage.json.total[name]]);
    }
    // No spreadsheet takes a title for a formula.
    expect((await admin("GET", "/admin/publications?limit=100&format=csv")).text).toContain(
      `"${bot.botId}","'=SUM(A1)",`,
    );
  });

  test("show when people call, in a zone of choice", async () => {
    const inZone = async (zone: string) =>
      (await admin("GET", `/admin/patterns?timeZone=${encodeURIComponent(zone)}`)).json;
    const utc = await inZone("UTC");
    const kathmandu = await inZone("Asia/Kathmandu");
    expect(utc.cells).toHaveLength(168);
    for (const view of [utc, kathmandu]) {
      const sum = view.cells.reduce(
        (n: number, cell: { requests: number }) => n + cell.requests,
        0,
      );
      expect(sum).toBe(view.requests);
      expect([view.exact, sum > 0]).toEqual([true, true]);
    }
    const reply = await admin("GET", "/admin/patterns?timeZone=Mars/Olympus");
    expect([...codeOf(reply), reply.json.error.param]).toEqual([
      422,
      "invalid_request",
      "timeZone",
    ]);
  });

  test("show what went wrong most, and who is not called at all", async () => {
    const bot = await outlet.publish({ quota: { limit: 2, period: "DAY" } });
    for (let i = 0; i < 5; i++) await bot.call("GET", "/health");
    const { errors } = (await admin("GET", "/admin/errors")).json;
    const quota = errors.find((e: { code: string }) => e.code === "quota_exceeded");
    expect(quota.kind).toBe("gateway");
    expect(quota.bots).toContainEqual({ botId: bot.botId, title: "Test bot", count: 3 });
    // Publishing probes the endpoint, which is a request; before that there was none.
    const idle = async (query: string) =>
      (await admin("GET", `/admin/idle?${query}`)).json.publications.map(
        (p: { botId: string }) => p.botId,
      );
    expect(await idle("")).not.toContain(bot.botId);
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    expect(await idle(`from=${ago(3)}&to=${ago(2)}`)).toContain(bot.botId);
    const quiet = await admin("GET", `/admin/idle?from=${ago(3)}&to=${ago(2)}`);
    const found = quiet.json.publications.find((p: { botId: string }) => p.botId === bot.botId);
    expect(found).toMatchObject({
      status: "published",
      lastRequestAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT00:00:00.000Z$/),
      costMicroUsd: 0,
      monthlyCostMicroUsd: 0,
    });
  });
});
