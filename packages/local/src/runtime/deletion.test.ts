import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createClients } from "@outlet/aws/clients";
import { unixEndpoint } from "@outlet/aws/unix-endpoint";
import { afterAll, expect, test } from "vitest";
import { bucket, region, tableName } from "../emulators/resources.ts";
import { outletOfFile } from "./outlet-of-file.ts";
import { eventually, type Outlet } from "./runtime-fixture.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: { "/orders": { get: { operationId: "listOrders", summary: "Orders" } } },
};
/** What the bot reaches: an API, a page that it reads, and whoever its webhooks tell. */
const shop = createServer((req, res) => {
  const isApi = req.url === "/openapi.json";
  res.writeHead(200, { "content-type": isApi ? "application/json" : "text/html" });
  res.end(isApi ? JSON.stringify(document) : "<title>Hours</title><p>Opens at nine.");
});
await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
afterAll(() => void shop.close());
const shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
const shopUrl = `http://${shopHost}`;

const { outlet, owner } = await outletOfFile(["--reach", shopHost]);

/** Every item of the table and every path of the object store, as the stores hold them. */
async function everything() {
  const folder = await readFile(join(outlet.dataDir, "sockets.txt"), "utf8");
  const [dynamodb, s3] = ["db-1", "s3-1"].map((name) => unixEndpoint(join(folder, `${name}.sock`)));
  const endpoints = { dynamodb: dynamodb ?? "", s3: s3 ?? "" };
  const clients = createClients({ region, endpoints, local: true, requestTimeoutMs: 20_000 });
  const { Items: items = [], LastEvaluatedKey } = await clients.dynamodb.send(
    new ScanCommand({ TableName: tableName }),
  );
  const { Contents: objects = [], IsTruncated } = await clients.s3.send(
    new ListObjectsV2Command({ Bucket: bucket }),
  );
  if (LastEvaluatedKey || IsTruncated) throw new Error("There is more than one page");
  for (const client of Object.values(clients)) client.destroy();
  return {
    items: items.map(({ pk, sk, ...item }) => ({
      kind: kindOf(pk?.S ?? "", sk?.S ?? ""),
      text: JSON.stringify({ pk, sk, ...item }),
    })),
    paths: objects.map(({ Key = "" }) => Key),
  };
}

/** `BOT KEY` of a bot's own items; of others what their partition begins with. */
const kindOf = (pk: string, sk: string): string => {
  const [kind = ""] = pk.split("#");
  return kind === "BOT" ? `BOT ${sk.split("#")[0]}` : kind;
};

/** How many secrets of tools are kept for a bot. */
function secretsOf(botId: string): number {
  const database = new DatabaseSync(join(outlet.dataDir, "tool-secrets.sqlite"), {
    readOnly: true,
  });
  const row = database.prepare("SELECT count(*) AS n FROM secret WHERE botId = ?").get(botId);
  database.close();
  return Number(row?.["n"]);
}

/** All that there may be of a bot: a kind that is made by another way belongs here, too. */
const kinds = [
  ...["BOT", "TEST", "PUBLICATION", "WEBHOOK", "SOURCE", "SITE", "UPLOAD", "TOOL", "KEY"],
  ...["FORMERKEY", "ERASURE", "ERASED", "INDEX"],
].map((kind) => `BOT ${kind}`);
const others = ["CONV", "EVENTS", "RUNLOG", "DELIVERIES", "IDEMPOTENCY", "SECRET", "BUDGET"];

const tool = {
  kind: "http",
  title: "Shop",
  baseUrl: shopUrl,
  documentUrl: `${shopUrl}/openapi.json`,
  credential: { kind: "bearer", value: "s3cr3t-of-the-shop" },
  operations: [{ key: "GET /orders" }],
};

/** Whatever an owner can make, and whatever is noted when clients are refused. */
async function furnish(bot: Awaited<ReturnType<Outlet["publish"]>>) {
  const path = `/bots/${bot.botId}`;
  const done = async (method: string, of: string, body?: unknown) => {
    const reply = await owner(method, path + of, body);
    expect([of, reply.status < 300 ? "" : reply.text]).toEqual([of, ""]);
    return reply.json;
  };
  await done("POST", "/tools", { setting: tool });
  await done("POST", "/knowledge/uploads", { name: "never sent.txt", bytes: 10 });
  await done("POST", "/knowledge/sites", { url: `${shopUrl}/hours`, kind: "page", everyHours: 24 });
  await done("POST", "/test", { messages: [{ role: "user", text: "When does it open?" }] });
  const budget = { period: "DAY", runs: 1 };
  const tight = await done("POST", "/publication/keys", { label: "Tight", budget });
  const gone = await done("POST", "/publication/keys", { label: "Gone" });
  for (const value of [tight.value, tight.value, gone.value]) {
    const message = { content: [{ contentType: "text", body: "Hello" }] };
    await bot.call("POST", "/conversation", { message }, { "x-api-key": value, prefer: "wait=20" });
  }
  await done("POST", `/publication/keys/${tight.keyId}/rotate`, { graceSeconds: 3_600 });
  await done("DELETE", `/publication/keys/${gone.keyId}`);
  await done("POST", "/publication/erasures", { keyId: tight.keyId });
  await bot.call("GET", "/health", undefined, { "x-api-key": gone.value });
}

/** The audit log, and the ledger with its sums. */
const kept = ["AUDIT", "AUDITCHAIN", "AUDITDAYS", "USAGE", "ROLLUP"];

const large = "Large. ".repeat(30_000);

async function converse(bot: Awaited<ReturnType<Outlet["publish"]>>) {
  await bot.ask("What did Mrs Miller order?", "kept");
  await bot.ask(`SECRET ${large}`, "large");
  await bot.ask("To be deleted", "deleted");
  expect((await bot.call("DELETE", "/conversation/deleted")).status).toBe(204);
  const message = { content: [{ contentType: "text", body: "Once" }] };
  const headers = { "idempotency-key": "order-1", prefer: "wait=20" };
  await bot.call("POST", "/conversation", { conversationId: "once", message }, headers);
  await owner("POST", `/bots/${bot.botId}/knowledge`, { name: "a.txt", text: "Opens at nine." });
  await eventually(
    () => owner("GET", `/bots/${bot.botId}/knowledge`),
    ({ json }) => json.syncStatus === "SUCCEEDED",
  );
}

test.each(["published", "unpublished"])(
  "of a bot that is deleted while %s nothing is left but what was done and what it cost",
  async (state) => {
    const bot = await outlet.publish({
      budget: { period: "DAY", runs: 100 },
      webhook: { url: `${shopUrl}/hooks`, events: ["response.completed"] },
    });
    const other = await outlet.publish();
    for (const one of [bot, other]) await converse(one);
    await furnish(bot);
    const isOf = (text: string) => text.includes(bot.botId) || text.includes(bot.keyId);
    const before = (await everything()).items.flatMap(({ text, kind }) =>
      isOf(text) ? [kind] : [],
    );
    expect([...kinds, ...others].filter((kind) => !before.includes(kind))).toEqual([]);
    expect(secretsOf(bot.botId)).toBe(1);
    if (state === "unpublished") {
      const { title } = bot;
      const path = `/bots/${bot.botId}/publication`;
      expect((await owner("DELETE", path, { title })).status).toBe(202);
      await eventually(
        () => owner("GET", path),
        ({ json }) => json.status === "unpublished",
      );
    }
    // One is open still when the deletion begins.
    else
      await bot.call("POST", "/conversation", {
        message: { content: [{ contentType: "text", body: "Late" }] },
      });
    expect((await owner("DELETE", `/bots/${bot.botId}`)).status).toBe(202);
    const left = await eventually(
      async () => {
        const { items, paths } = await everything();
        return [
          ...items.filter(({ text }) => isOf(text)).map(({ kind }) => kind),
          ...paths.filter(isOf),
        ];
      },
      (found) => found.every((kind) => kept.includes(kind)),
    );
    // ROLLUP where the hour was summed up meanwhile: the ledger's, too.
    expect(left).toEqual(expect.arrayContaining(["AUDIT", "USAGE"]));
    expect(left.filter((kind) => !kept.includes(kind))).toEqual([]);
    expect(secretsOf(bot.botId)).toBe(0);
    expect((await owner("GET", `/bots/${bot.botId}`)).status).toBe(404);
    const answered = await other.call("GET", "/conversation/large");
    expect([answered.status, answered.text.includes("SECRET")]).toEqual([200, true]);
  },
);
