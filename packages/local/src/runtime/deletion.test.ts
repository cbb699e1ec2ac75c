import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createClients } from "@outlet/aws/clients";
import { unixEndpoint } from "@outlet/aws/unix-endpoint";
import { expect, test } from "vitest";
import { bucket, region, tableName } from "../emulators/resources.ts";
import { outletOfFile } from "./outlet-of-file.ts";
import { eventually, type Outlet } from "./runtime-fixture.ts";

const { outlet, owner } = await outletOfFile();

/** Every item of the table and every path of the object store, as the stores hold them. */
async function everything() {
  const folder = await readFile(join(outlet.dataDir, "sockets.txt"), "utf8");
  const [dynamodb, queue] = ["db-1", "q-1"].map((name) =>
    unixEndpoint(join(folder, `${name}.sock`)),
  );
  const endpoints = { dynamodb: dynamodb ?? "", s3: queue ?? "" };
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
    items: items.map((item) => ({ pk: item.pk?.S ?? "", text: JSON.stringify(item) })),
    paths: objects.map(({ Key = "" }) => Key),
  };
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
    const bot = await outlet.publish();
    const other = await outlet.publish();
    for (const one of [bot, other]) await converse(one);
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
    expect((await everything()).items.some(({ pk }) => pk.startsWith("CONV#"))).toBe(true);
    expect((await owner("DELETE", `/bots/${bot.botId}`)).status).toBe(202);
    const isOf = (text: string) => text.includes(bot.botId) || text.includes(bot.keyId);
    const left = await eventually(
      async () => {
        const { items, paths } = await everything();
        return [
          ...items.filter(({ text }) => isOf(text)).map(({ pk }) => pk.split("#")[0]),
          ...paths.filter(isOf),
        ];
      },
      (kinds) => kinds.every((kind) => kept.includes(kind ?? "")),
    );
    // ROLLUP where the hour was summed up meanwhile: the ledger's, too.
    expect(left).toEqual(expect.arrayContaining(["AUDIT", "USAGE"]));
    expect(left.filter((kind) => !kept.includes(kind ?? ""))).toEqual([]);
    expect((await owner("GET", `/bots/${bot.botId}`)).status).toBe(404);
    const answered = await other.call("GET", "/conversation/large");
    expect([answered.status, answered.text.includes("SECRET")]).toEqual([200, true]);
  },
);
