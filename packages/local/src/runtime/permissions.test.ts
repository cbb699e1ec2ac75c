import { readFileSync } from "node:fs";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import {
  type Client,
  clientOf,
  createSharedBot,
  eventually,
  type PublishedBot,
  type Reply,
} from "./runtime-fixture.ts";

const page = readFileSync(new URL("../../../../docs/security.md", import.meta.url), "utf8");

const { outlet } = await outletOfFile();

/** The rows of a table of the page: what stands in code in the first cell, then the other cells. */
function tableUnder(heading: string): Map<string, string[]> {
  const section = page.split(`\n### ${heading}\n`)[1]?.split("\n#")[0] ?? "";
  const rows = section.split("\n").flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const route = /^`(.+)`$/.exec(cells[1] ?? "")?.[1];
    return route ? [[route, cells.slice(2, -1)] as const] : [];
  });
  return new Map(rows);
}

const nobodys = "01M82S1M39YS2CZ1EZTE4VHC80";
const bodied = (method: string) => (["POST", "PUT", "PATCH"].includes(method) ? {} : undefined);

/** Bodies that get as far as the question of rights, and do no harm that later rows would show. */
const bodies: Record<string, object> = {
  "POST /api/bots/{botId}/knowledge": { name: "a.txt", text: "Opens at nine." },
  "POST /api/bots/{botId}/knowledge/sites": { url: "https://example.com/" },
  "POST /api/bots/{botId}/knowledge/uploads": { name: "a.txt", bytes: 5 },
  "PUT /api/bots/{botId}/knowledge/{sourceId}": { text: "Opens at ten." },
  "POST /api/bots/{botId}/publication/keys": { label: "Website" },
  "POST /api/bots/{botId}/publication/erasures": { clientId: "nobody" },
  "POST /api/bots/{botId}/tools": { setting: { kind: "calculator" } },
  "PUT /api/bots/{botId}/tools/{toolId}": { setting: { kind: "calculator" } },
  "POST /api/bots/{botId}/tools/openapi": { document: "{}" },
  "POST /api/bots/{botId}/tools/mcp": { url: "https://127.0.0.1/" },
  "PUT /api/bots/{botId}/tools/{toolId}/secret": { value: "x" },
  "POST /api/bots/{botId}/tools/{toolId}/approve": { remoteName: "x", digest: "x" },
  "POST /api/bots/{botId}/tools/{toolId}/test": { name: "x" },
  "POST /api/bots/{botId}/test": { messages: [{ role: "user", text: "Hello" }] },
  "PUT /api/admin/owners/{ownerId}/budget": { budget: null },
  "PUT /api/bots/{botId}/sharing": { scope: "all" },
  "DELETE /api/bots/{botId}/publication": { title: "Mistyped" },
};

interface Route {
  method: string;
  path: string;
}
/** What others still need is removed last. */
const byHarm = (a: Route, b: Route) => harmOf(a) - harmOf(b);
const harmOf = ({ method, path }: Route) => (method === "DELETE" ? 100 - path.length : -100);

/** What a reply says of a caller's rights, whatever else is wrong with the request. */
function rightOf({ status, json }: Reply): string {
  if (status === 401 || status === 403) return String(status);
  return status === 404 && String(json?.detail).startsWith("There is no bot") ? "404" : "yes";
}

/** A bot of one user that another has published. */
async function publishedBy(owner: Client, publisher: Client, title: string): Promise<string> {
  const { botId } = await createSharedBot(owner, { title });
  const path = `/bots/${botId}/publication`;
  await publisher("POST", path, {});
  await eventually(
    () => publisher("GET", path),
    ({ json }) => json.status === "published",
  );
  return botId;
}

/** Holds what was found to the page, row by row; prints it in the page's form where that is asked for. */
function expectTable(heading: string, found: Map<string, string[]>): void {
  const sorted = (map: Map<string, string[]>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (process.env.OUTLET_PRINT_MATRIX) {
    process.stdout.write(
      sorted(found)
        .map(([route, rights]) => `| \`${route}\` | ${rights.join(" | ")} |\n`)
        .join(""),
    );
  }
  expect(sorted(found)).toEqual(sorted(tableUnder(heading)));
}

test("every route of the control API gives each kind of caller what the page says", {
  timeout: 180_000,
}, async () => {
  const [owner, user, admin] = await Promise.all([
    outlet.as("owner"),
    outlet.as("user"),
    outlet.as("admin"),
  ]);
  const callers: [Client, string][] = [
    [outlet.anonymous, await publishedBy(owner, owner, "Of nobody's")],
    [user, await publishedBy(owner, owner, "Of another's")],
    [owner, await publishedBy(user, admin, "Of another's, for one who may publish")],
    [user, await publishedBy(user, admin, "Of one who may not publish")],
    [owner, await publishedBy(owner, owner, "Of an owner")],
    [admin, await publishedBy(owner, owner, "Of an owner, for the administrator")],
  ];
  const { paths } = (await outlet.anonymous("GET", "/openapi.json")).json as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
  );
  const found = new Map<string, string[]>();
  for (const { method, path } of routes.toSorted(byHarm)) {
    const rights: string[] = [];
    for (const [call, botId] of callers) {
      const own = path
        .replace(/^\/api/, "")
        .replace("{botId}", botId)
        .replace(/\{\w+\}/g, nobodys)
        .replace(/search$/, "search?question=nine");
      const sent = bodies[`${method} ${path}`] ?? bodied(method);
      rights.push(rightOf(await call(method, own, sent)));
    }
    found.set(`${method} ${path}`, rights);
  }
  expectTable("Control API", found);
});

test("every route of a published API gives each kind of key what the page says", {
  timeout: 180_000,
}, async () => {
  const owner = await outlet.as("owner");
  const bot: PublishedBot = await outlet.publish({ throttle: null, quota: null });
  const other = await outlet.publish({ throttle: null, quota: null });
  const keys = `/bots/${bot.botId}/publication/keys`;
  const make = async (limits: object = {}) =>
    (await owner("POST", keys, { label: "K", ...limits })).json;
  const revoked = await make();
  await owner("DELETE", `${keys}/${revoked.keyId}`);
  const soon = new Date(Date.now() + 1_500).toISOString();
  const expired = await make({ expiresAt: soon });
  const callers: Client[] = [
    clientOf(bot.endpoint, {}),
    ...[
      other.apiKey,
      revoked.value,
      expired.value,
      (await make({ allowedIps: ["10.0.0.0/8"] })).value,
      (await make({ scopes: ["invoke"] })).value,
      (await make({ scopes: ["read"] })).value,
      (await make({ scopes: ["delete"] })).value,
      bot.apiKey,
    ].map((value: string) => clientOf(bot.endpoint, { "x-api-key": value })),
  ];
  await eventually(
    () => clientOf(bot.endpoint, { "x-api-key": expired.value })("GET", "/health"),
    ({ status }) => status === 403,
  );
  // Only their routes are looked at.
  const { routes } = createPublishedApi({ policy: {} } as Parameters<typeof createPublishedApi>[0]);
  const listed = routes.filter(({ method }) => method !== "ALL");
  const found = new Map<string, string[]>();
  for (const { method, path } of listed.toSorted(byHarm)) {
    const own = path.replace(/:\w+/g, nobodys);
    const rights: string[] = [];
    for (const call of callers) rights.push(rightOf(await call(method, own, bodied(method))));
    found.set(`${method} ${path}`, rights);
  }
  await owner("POST", `/bots/${bot.botId}/publication/pause`);
  for (const { method, path } of listed) {
    const { status } = await bot.call(method, path.replace(/:\w+/g, nobodys), bodied(method));
    found.get(`${method} ${path}`)?.push(status === 503 ? "503" : "yes");
  }
  expectTable("Published API", found);
});
