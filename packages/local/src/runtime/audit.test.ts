import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { auditedRead } from "@outlet/functions/control-api/audited-reads";
import { main } from "../cli/audit-verify.ts";
import { auditedAction } from "@outlet/functions/control-api/audited";
import { createControlApi } from "@outlet/functions/control-api/app";
import { describe, expect, test } from "vitest";
import { codeOf, outletOfFile } from "./outlet-of-file.ts";
import { eventually } from "./runtime-fixture.ts";

const { outlet, owner, user, admin } = await outletOfFile();

const hourAgo = () => new Date(Date.now() - 3_600_000).toISOString();

describe("the audit log", () => {
  /** Routes that change nothing that lasts, or nothing of the control plane. */
  const exempt = [
    // Knowledge it becomes with the act that ends it.
    "POST /api/bots/:botId/knowledge/uploads",
    "PUT /api/bots/:botId/knowledge/uploads/:uploadId/content",
    "POST /api/bots/:botId/tools/openapi",
    "POST /api/bots/:botId/tools/mcp",
  ];

  test("knows every route that changes something", () => {
    const { routes } = createControlApi({
      authentication: { issuer: "http://localhost", clientIds: [] },
    } as never);
    const namesOf = (of: typeof routes) => [
      ...new Set(of.map(({ method, path }) => `${method} ${path}`)),
    ];
    const changing = routes.filter(({ method }) => method !== "GET" && method !== "ALL");
    const audited = routes.filter(({ handler }) => auditedAction in handler);
    expect([...namesOf(audited), ...exempt].sort()).toEqual(namesOf(changing).sort());
  });

  test("knows of every reading of another's what an administrator reads", () => {
    const { routes } = createControlApi({
      authentication: { issuer: "http://localhost", clientIds: [] },
    } as never);
    /** How it stands, and nothing that anybody said or wrote. */
    const exempt = [
      "GET /api/bots/:botId/publication",
      "GET /api/bots/:botId/publication/alerts",
      "GET /api/bots/:botId/publication/budgets",
      "GET /api/bots/:botId/publication/erasures",
      "GET /api/bots/:botId/publication/keys/requests",
      "GET /api/bots/:botId/publication/metrics",
      "GET /api/bots/:botId/publication/usage",
      "GET /api/bots/:botId/publication/webhook",
      "GET /api/bots/:botId/publication/webhook/deliveries",
      "GET /api/bots/:botId/test",
    ];
    const namesOf = (of: typeof routes) => [
      ...new Set(of.map(({ method, path }) => `${method} ${path}`)),
    ];
    const ofBots = routes.filter(
      ({ method, path }) => method === "GET" && path.startsWith("/api/bots/:botId"),
    );
    const noted = routes.filter(({ handler }) => auditedRead in handler);
    expect([...namesOf(noted), ...exempt].sort()).toEqual(namesOf(ofBots).sort());
  });

  test("is chained: whole as it is, told where it was changed, taken away as JSON lines", async () => {
    const { botId } = (await owner("POST", "/bots", { title: "Chained" })).json;
    await admin("GET", `/bots/${botId}`);
    await admin("GET", `/bots/${botId}`);
    const whole = await admin("GET", "/admin/audit/verify");
    expect(whole.json).toMatchObject({ isWhole: true, faults: [] });
    expect(whole.json.records).toBeGreaterThan(whole.json.chains);
    const { entries } = (await admin("GET", `/admin/audit?botId=${botId}`)).json;
    expect(entries.map(({ action }: { action: string }) => action)).toEqual([
      "bot.read",
      "bot.create",
    ]);
    const sessions = (await admin("GET", "/admin/audit?action=session.begin")).json.entries;
    const names = sessions.map(({ actor }: { actor: { username: string } }) => actor.username);
    expect(names).toContain("admin");
    expect(new Set(names).size).toBe(names.length);

    const exported = await admin("GET", "/admin/audit/export");
    expect(exported.headers.get("content-type")).toContain("ndjson");
    const file = join(outlet.dataDir, "audit.jsonl");
    const verified = async (text: string, ...args: string[]) => {
      await writeFile(file, text);
      let said = "";
      const out = (more: string) => void (said += more);
      const code = await main(["--file", file, ...args], { out, error: out, env: {} });
      return [code, said] as const;
    };
    expect((await verified(exported.text))[0]).toBe(0);
    const changed = exported.text.replace('"username":"owner"', '"username":"nobody"');
    expect(await verified(changed)).toEqual([1, expect.stringContaining('"kind":"hash"')]);
    const lines = exported.text.split("\n");
    const cut = lines.toSpliced(0, 1).join("\n");
    expect(await verified(cut)).toEqual([1, expect.stringContaining('"kind":"gap"')]);
    // A chain that was cut at its end is whole by itself; an older export tells.
    const older = join(outlet.dataDir, "older.jsonl");
    await writeFile(older, exported.text);
    const shorter = lines
      .filter((line) => line.trim() !== "")
      .slice(0, -1)
      .join("\n");
    expect((await verified(shorter))[0]).toBe(0);
    expect((await verified(shorter, "--against", older))[0]).toBe(1);
    expect((await verified("{}\n"))[0]).toBe(2);
  });

  test("says who did what to what, with before and after, and never a secret", async () => {
    const { botId } = (await owner("POST", "/bots", { title: "Audited" })).json;
    await owner("PATCH", `/bots/${botId}`, { title: "Audited twice", instruction: "Be brief." });
    await owner("PUT", `/bots/${botId}/sharing`, { scope: "all" });
    const path = `/bots/${botId}/publication`;
    await owner("POST", path, {});
    await eventually(
      () => owner("GET", path),
      (r) => r.json.status === "published",
    );
    const key = (await owner("POST", `${path}/keys`, { label: "CI" })).json;
    await owner("PATCH", `${path}/keys/${key.keyId}`, { enabled: false });
    const rotated = (await owner("POST", `${path}/keys/${key.keyId}/rotate`, {})).json;
    await owner("DELETE", `${path}/keys/${key.keyId}`);
    await owner("PATCH", path, { quota: { limit: 7, period: "DAY" } });
    await user("DELETE", `/bots/${botId}`);
    const reply = await admin("GET", `/admin/audit?botId=${botId}&limit=100`);
    const entries = reply.json.entries.toReversed();
    expect(
      entries.map((e: { action: string; outcome: string }) => `${e.action} ${e.outcome}`),
    ).toEqual([
      "bot.create done",
      "bot.update done",
      "bot.share done",
      "publication.publish done",
      "key.create done",
      "key.update done",
      "key.rotate done",
      "key.delete done",
      "publication.update done",
      "bot.delete refused",
    ]);
    const [create, update, , , keyMade, disabled, rotation, deleted, limits, refused] = entries;
    expect(create).toMatchObject({ before: null, after: { title: "Audited", scope: "private" } });
    expect(update).toMatchObject({
      actor: { username: "owner" },
      before: { title: "Audited", instruction: "" },
      after: { title: "Audited twice", instruction: "Be brief." },
    });
    expect(Object.keys(update.after).sort()).toEqual(["instruction", "title"]);
    expect(keyMade).toMatchObject({ targetId: key.keyId, after: { label: "CI", enabled: true } });
    expect(disabled).toMatchObject({ before: { enabled: true }, after: { enabled: false } });
    expect(rotation.after.last4).toBe(rotated.value.slice(-4));
    expect(deleted).toMatchObject({ before: { label: "CI" }, after: null });
    expect(limits).toMatchObject({
      before: { quota: { limit: 10_000 } },
      after: { quota: { limit: 7 } },
    });
    expect(refused).toMatchObject({
      actor: { username: "user" },
      errorCode: "not_found",
      before: null,
      after: null,
    });
    for (const secret of [key.value, rotated.value, "secretHashes"]) {
      expect(reply.text).not.toContain(secret);
    }
  });

  test("is filtered, and paged without a gap", async () => {
    for (let i = 0; i < 5; i++) await user("POST", "/bots", { title: `Bot ${i}` });
    const titles: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
      const filter = `actor=user&action=bot.create&from=${hourAgo()}&limit=2`;
      const page = (await admin("GET", `/admin/audit?${filter}${more}`)).json;
      titles.push(...page.entries.map((e: { after: { title: string } }) => e.after.title));
      cursor = page.cursor;
    } while (cursor);
    const mine = titles.filter((title) => title.startsWith("Bot "));
    expect(mine).toEqual(["Bot 4", "Bot 3", "Bot 2", "Bot 1", "Bot 0"]);
    expect(codeOf(await admin("GET", "/admin/audit?action=bot.paint"))).toEqual([
      422,
      "invalid_request",
    ]);
    for (const [query, param] of [
      ["cursor=2026-11.rubbish", "cursor"],
      ["cursor=rubbish", "cursor"],
      ["from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", "from"],
      ["from=2999-01-01T00:00:00Z", "from"],
    ]) {
      const reply = await admin("GET", `/admin/audit?${query}`);
      expect([...codeOf(reply), reply.json.error.param]).toEqual([422, "invalid_request", param]);
    }
    expect((await admin("GET", `/admin/audit?to=${hourAgo()}`)).json.entries).toEqual([]);
  });
});
