import { describe, expect, test } from "vitest";
import { codeOf, linesOf, outletOfFile } from "./outlet-of-file.ts";
import { clientOf, createSharedBot, eventually } from "./runtime-fixture.ts";

const { outlet, owner, user, admin } = await outletOfFile();
const bot = await outlet.publish({}, { title: "Weather" });

/** All pages of a list, and how many there were. */
async function pagesOf(path: string, name: string): Promise<{ all: unknown[]; pages: number }> {
  const all: unknown[] = [];
  let cursor: string | null = "";
  let pages = 0;
  while (cursor !== null) {
    const more = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const { json } = await admin("GET", path + more);
    all.push(...json[name]);
    cursor = json.cursor;
    pages += 1;
  }
  return { all, pages };
}

describe("the list of all bots", () => {
  test("has private bots of everybody, with their owners, in pages", async () => {
    const made: string[] = [];
    for (const client of [owner, user, admin]) {
      made.push((await client("POST", "/bots", { title: "Mine alone" })).json.botId);
    }
    const { all, pages } = await pagesOf("/bots?of=anyone&limit=1", "bots");
    const bots = all as { botId: string; ownerName: string }[];
    const owners = made.map((id) => bots.find(({ botId }) => botId === id)?.ownerName);
    expect(owners).toEqual(["owner", "user", "admin"]);
    expect(pages).toBeGreaterThanOrEqual(bots.length);
    expect(new Set(bots.map(({ botId }) => botId)).size).toBe(bots.length);
  });

  test("is the administrator's, as are the names of owners", async () => {
    for (const client of [owner, user]) {
      expect(codeOf(await client("GET", "/bots?of=anyone"))).toEqual([403, "forbidden"]);
      expect((await client("GET", `/bots/${bot.botId}`)).json.ownerName).toBeNull();
    }
    expect((await admin("GET", `/bots/${bot.botId}`)).json.ownerName).toBe("owner");
    const odd = await admin("GET", "/bots?of=anyone&cursor=rubbish");
    expect(codeOf(odd)).toEqual([422, "invalid_request"]);
  });
});

describe("the list of publications", () => {
  const idsOf = async (query: string) =>
    (await admin("GET", `/admin/publications?${query}`)).json.publications.map(
      (p: { botId: string }) => p.botId,
    );

  test("says whose each is and what its limits are", async () => {
    const { json } = await admin("GET", `/admin/publications?text=${bot.botId}`);
    expect(json.publications).toMatchObject([
      {
        botId: bot.botId,
        title: "Weather",
        deleted: false,
        ownerName: "owner",
        throttle: { burstLimit: 100, rateLimit: 50 },
        quota: { limit: 10_000, period: "DAY" },
        endpoint: bot.endpoint,
      },
    ]);
  });

  test("is filtered by state, owner and text", async () => {
    await owner("POST", `/bots/${bot.botId}/publication/pause`);
    expect(await idsOf("status=paused")).toEqual([bot.botId]);
    await owner("POST", `/bots/${bot.botId}/publication/resume`);
    expect(await idsOf("status=paused")).toEqual([]);
    expect(await idsOf("owner=OWNER")).toContain(bot.botId);
    expect(await idsOf("owner=user")).toEqual([]);
    expect(await idsOf("text=weath")).toEqual([bot.botId]);
    expect(await idsOf("text=weath&status=published&owner=owner")).toEqual([bot.botId]);
    expect(await idsOf("text=nothing+like+it")).toEqual([]);
    for (const [query, param] of [
      ["status=open", "status"],
      ["text=", "text"],
      ["ownerId=me", "ownerId"],
    ] as const) {
      const reply = await admin("GET", `/admin/publications?${query}`);
      expect([...codeOf(reply), reply.json.error.param]).toEqual([422, "invalid_request", param]);
    }
  });

  test("still names what was deleted", async () => {
    const gone = await outlet.publish({}, { title: "Gone tomorrow" });
    await owner("DELETE", `/bots/${gone.botId}`);
    await eventually(
      () => owner("GET", `/bots/${gone.botId}`),
      (r) => r.status === 404,
    );
    const acts = await admin("GET", `/admin/audit?botId=${gone.botId}&action=bot.delete`);
    expect(acts.json.entries).toMatchObject([
      { before: { title: "Gone tomorrow" }, after: { status: "deleting" }, title: null },
    ]);
    const { json } = await admin("GET", `/admin/publications?text=${gone.botId}`);
    expect(json.publications).toMatchObject([
      { title: "Gone tomorrow", deleted: true, status: "unpublished", ownerName: "owner" },
    ]);
  });

  test("comes as CSV page by page, with nothing a spreadsheet would run", async () => {
    const titles = ["=1+1", "+1", "-1", "@SUM(A1)"];
    for (const title of titles) {
      const { botId } = await createSharedBot(owner, { title });
      await owner("POST", `/bots/${botId}/publication`, {});
    }
    let path: string | undefined = "/admin/publications?limit=2&format=csv";
    let text = "";
    let pages = 0;
    while (path) {
      const page = await admin("GET", path);
      expect(linesOf(page.text)[0]).toMatch(
        /^"botId","title","deleted","ownerId","ownerName","status",/,
      );
      text += page.text;
      pages += 1;
      path = /^<\/api(.+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1];
    }
    expect(pages).toBeGreaterThan(2);
    for (const title of titles) {
      expect(text).toContain(`,"'${title}",`);
      expect(text).not.toContain(`,"${title}",`);
    }
  });
});

describe("usage", () => {
  test("has bots of which every request was refused, and is summed up by owner", async () => {
    const shut = await outlet.publish({}, { title: "Nobody gets in" });
    for (let i = 0; i < 3; i++) {
      await clientOf(shut.endpoint, { "x-api-key": "nonsense" })("GET", "/health");
    }
    const usage = async (by: string) => (await admin("GET", `/admin/usage?by=${by}`)).json;
    const found = (await usage("bot")).groups.find(
      (g: { group: string }) => g.group === shut.botId,
    );
    // One is the probe that publishing makes.
    expect(found).toMatchObject({ title: "Nobody gets in", requests: 4, runs: 0, runMs: null });
    for (const by of ["bot", "owner"]) {
      const { total, groups } = await usage(by);
      const sum = groups.reduce((n: number, g: { requests: number }) => n + g.requests, 0);
      expect([by, sum]).toEqual([by, total.requests]);
    }
    await bot.ask("Anybody there?");
    const byModel = await eventually(
      () => usage("model"),
      ({ groups }) => groups.length > 0,
    );
    expect(byModel.groups).toMatchObject([{ group: "outlet-demo", requests: null }]);
  });
});

describe("costs", () => {
  test("are told by key with label and owner, and over time", async () => {
    await bot.ask("One?");
    const reply = await eventually(
      () => admin("GET", "/admin/costs?by=key&per=hour"),
      (r) => r.json.groups.some((g: { group: string }) => g.group === bot.keyId),
    );
    const { groups, series, totalMicroUsd, from, to } = reply.json;
    const group = groups.find((g: { group: string }) => g.group === bot.keyId);
    expect(group).toMatchObject({ label: "Test", title: "Weather", ownerName: "owner" });
    expect(group.runs).toBeGreaterThan(0);
    expect(series.periods).toHaveLength((Date.parse(to) - Date.parse(from)) / 3_600_000);
    const all = series.groups.flatMap((g: { costsMicroUsd: number[] }) => g.costsMicroUsd);
    const sum = [...all, ...series.othersMicroUsd].reduce((a: number, b: number) => a + b, 0);
    expect(sum).toBe(totalMicroUsd);
  });

  test("by the hour are refused for more than 31 days", async () => {
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    // Rounded outwards that is an hour more; a month in which clocks are set back has one more, too.
    expect((await admin("GET", `/admin/costs?per=hour&from=${ago(31)}`)).status).toBe(200);
    expect((await admin("GET", `/admin/patterns?from=${ago(31)}`)).status).toBe(200);
    const from = ago(40);
    const reply = await admin("GET", `/admin/costs?per=hour&from=${from}`);
    expect([...codeOf(reply), reply.json.error.param]).toEqual([422, "invalid_request", "from"]);
    expect((await admin("GET", `/admin/costs?per=day&from=${from}`)).json.series.per).toBe("day");
  });
});

describe("APIs that nobody calls", () => {
  const idle = async () => (await admin("GET", "/admin/idle")).json.publications;

  test("are those published just now too, which the deployer alone has called", async () => {
    const quiet = await outlet.publish({}, { title: "Quiet" });
    const ids = async () => (await idle()).map((p: { botId: string }) => p.botId);
    expect(await ids()).toContain(quiet.botId);
    const found = (await idle()).find((p: { botId: string }) => p.botId === quiet.botId);
    expect(found.lastRequestAt).toBeNull();
    await quiet.call("GET", "/health");
    expect(await ids()).not.toContain(quiet.botId);
  });
});

describe("the audit log", () => {
  test("marks what an administrator did to somebody else's bot", async () => {
    const path = `/bots/${bot.botId}`;
    await admin("PATCH", path, { description: "Edited by another." });
    await owner("PATCH", path, { description: "And back." });
    const { json } = await admin("GET", `/admin/audit?botId=${bot.botId}&action=bot.update`);
    expect(json.entries).toMatchObject([
      { actor: { username: "owner" }, asAdmin: false, ownerName: "owner", title: "Weather" },
      { actor: { username: "admin" }, asAdmin: true, ownerName: "owner", title: "Weather" },
    ]);
    expect((await admin("GET", path)).json.ownerId).toBe((await owner("GET", path)).json.ownerId);
    const count = async (query: string) =>
      (await admin("GET", `/admin/audit?botId=${bot.botId}&action=bot.update&${query}`)).json
        .entries.length;
    expect([await count("asAdmin=true"), await count("asAdmin=false")]).toEqual([1, 1]);
    expect([await count("outcome=done"), await count("outcome=refused")]).toEqual([2, 0]);
    expect(codeOf(await admin("GET", "/admin/audit?asAdmin=perhaps"))).toEqual([
      422,
      "invalid_request",
    ]);
  });

  test("says which source came and went, and which run was redriven", async () => {
    const path = `/bots/${bot.botId}`;
    const added = await owner("POST", `${path}/knowledge`, { name: "hours.txt", text: "At nine." });
    await owner("DELETE", `${path}/knowledge/${added.json.sourceId}`);
    const missing = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    await owner("POST", `${path}/publication/runs/${missing}/redrive`);
    await owner("POST", `${path}/publication/runs/redrive`);
    const of = async (action: string) =>
      (await admin("GET", `/admin/audit?botId=${bot.botId}&action=${action}`)).json.entries;
    const source = { name: "hours.txt", kind: "text", bytes: 8 };
    expect(await of("knowledge.add")).toMatchObject([{ before: null, after: source }]);
    expect(await of("knowledge.remove")).toMatchObject([{ before: source, after: null }]);
    expect(await of("run.redrive")).toMatchObject([
      { targetId: null, outcome: "done", after: { redriven: 0, refused: 0 } },
      { targetId: missing, outcome: "refused", errorCode: "not_found" },
    ]);
  });
});
