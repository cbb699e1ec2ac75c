import { mkdtemp, readdir, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { tableDefinition } from "@outlet/aws/table-schema";
import { type Item, silentLog } from "@outlet/core/ports";
import dynalite from "dynalite";
import { expect, test } from "vitest";
import { region, tableName } from "./resources.ts";
import { startEmulators } from "./start.ts";

test("what dynalite kept in a folder of an earlier version is there, indexes too, and its files are gone", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-take-over-"));
  const items: Item[] = Array.from({ length: 30 }, (_, n) => ({
    pk: "P",
    sk: `S#${n}`,
    body: "ü".repeat(30_000),
    list: [n, null, { deep: true }],
    ...(n % 2 && { listingPk: "L", listingSk: String(n) }),
  }));
  await keepInDynalite(join(dataDir, "dynamodb"), items);

  const emulators = await startEmulators({ dataDir, log: silentLog });
  try {
    const { dynamodb } = createClients({ ...emulators, local: true });
    const table = createDynamoTable({ client: dynamodb, tableName });
    for (const item of items) expect(await table.get(item)).toEqual(item);
    expect((await table.query({ index: "listing", pk: "L", limit: 100 })).items).toHaveLength(15);
    expect(await readdir(dataDir)).not.toContain("dynamodb");
  } finally {
    await emulators.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

async function keepInDynalite(path: string, items: readonly Item[]): Promise<void> {
  const server = dynalite({ path, createTableMs: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { dynamodb } = createClients({ region, endpoints: { dynamodb: endpoint }, local: true });
  await dynamodb.send(new CreateTableCommand(tableDefinition(tableName)));
  const table = createDynamoTable({ client: dynamodb, tableName });
  await Promise.all(items.map((item) => table.put(item)));
  dynamodb.destroy();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}
