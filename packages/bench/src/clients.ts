/**
 * What a call of a store costs by each client: `npm run bench:clients`. Processor time of this process
 * a call, one call after the other and many at once, against the embedded table in its own process;
 * the clients take turns. Prints JSON.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import { createLeanTable } from "@outlet/aws/lean/table";
import { reach } from "@outlet/aws/unix-agent";
import { silentLog, type Table } from "@outlet/core/ports";
import { startEmulators } from "@outlet/local/emulators/start";
import { median } from "./load/load.ts";

const calls = Number(process.argv[2] ?? 2_000);
const rounds = 5;
const dataDir = await mkdtemp(join(tmpdir(), "outlet-clients-"));
const emulators = await startEmulators({ dataDir, log: silentLog });
const { region, endpoints, tableName } = emulators;
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
const lean = { region, endpoint: endpoints.dynamodb, requestTimeoutMs: 10_000 };
const { endpoint, httpAgent } = reach(endpoints.dynamodb);

const tables: Record<string, Table> = {
  "SDK as it comes": createDynamoTable({
    client: new DynamoDBClient({ region, credentials, endpoint, requestHandler: { httpAgent } }),
    tableName,
  }),
  "SDK, middleware cached": createDynamoTable({
    client: createClients({ region, endpoints, credentials, requestTimeoutMs: 10_000 }).dynamodb,
    tableName,
  }),
  "lean, signed": createLeanTable({
    client: createJsonClient("dynamodb", { ...lean, credentials }),
    tableName,
  }),
  "lean, unsigned, pipelined": createLeanTable({
    client: createJsonClient("dynamodb", { ...lean, local: true, pipelined: true }),
    tableName,
  }),
};

async function cpuUsOf(table: Table, atOnce: number): Promise<number> {
  const before = process.cpuUsage();
  let left = calls;
  const lane = async () => {
    for (let n = left--; n > 0; n = left--) {
      const key = { pk: "BENCH", sk: String(n % 100) };
      if (n % 2 === 0) await table.get(key);
      else await table.put({ ...key, text: "x".repeat(500), list: [1, 2, 3], at: n });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

try {
  const figures: Record<string, Record<string, number[]>> = {};
  for (let n = -1; n < rounds; n++) {
    for (const [name, table] of Object.entries(tables)) {
      for (const atOnce of [1, 32]) {
        const us = await cpuUsOf(table, atOnce);
        if (n >= 0) ((figures[name] ??= {})[`${atOnce} at once`] ??= []).push(Math.round(us));
      }
    }
  }
  const medians = Object.entries(figures).map(([client, of]) => ({
    client,
    cpuUs: Object.fromEntries(Object.entries(of).map(([name, list]) => [name, median(list)])),
    rounds: of,
  }));
  process.stdout.write(`${JSON.stringify({ calls, medians }, null, 2)}\n`);
} finally {
  await emulators.stop();
  await rm(dataDir, { recursive: true, force: true });
}
process.exit(0);
