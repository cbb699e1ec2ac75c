import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { silentLog, type Table } from "@outlet/core/ports";
import { Ledger } from "@outlet/core/records/ledger";
import { startEmulators } from "@outlet/local/emulators/start";
import { readOptions } from "@outlet/local/runtime/options";
import { startRuntime } from "@outlet/local/runtime/runtime";
import {
  type Client,
  clientOf,
  createSharedBot,
  eventually,
} from "@outlet/local/runtime/runtime-fixture";
import { signIn } from "@outlet/local/sign-in/sign-in";
import { models, type Recorded } from "./entries.ts";

export interface Clients {
  owner: Client;
  admin: Client;
}

export interface Bot {
  botId: string;
  restApiId: string;
}

/** The whole embedded runtime on this data, as long as `use` takes. */
export async function withRuntime<T>(
  dataDir: string,
  use: (clients: Clients) => Promise<T>,
): Promise<T> {
  const argv = ["--port", "0", "--data", dataDir, "--models", models.join(",")];
  const options = readOptions(argv, {});
  if (!options) throw new Error("The options were not understood.");
  const runtime = await startRuntime(options);
  try {
    const { ready } = runtime;
    const as = async (user: string) => {
      const password = ready.users.find(({ name }) => name === user)?.password ?? "";
      const { accessToken } = await signIn({ issuer: ready.issuer, user, password });
      return clientOf(ready.controlApiUrl, { authorization: `Bearer ${accessToken}` });
    };
    return await use({ owner: await as("owner"), admin: await as("admin") });
  } finally {
    await runtime.stop();
  }
}

export function createPublishedBot(dataDir: string): Promise<Bot> {
  return withRuntime(dataDir, async ({ owner }) => {
    const { botId } = await createSharedBot(owner);
    const path = `/bots/${botId}/publication`;
    await owner("POST", path, {});
    const { json } = await eventually(
      () => owner("GET", path),
      (reply) => reply.json.status === "published",
    );
    const restApiId = new URL(json.endpoint).pathname.split("/")[1] ?? "";
    return { botId, restApiId };
  });
}

export interface Stores {
  dataDir: string;
  table: Table;
  /** Puts entries as {@link Ledger.record} would, 25 at a time. */
  record(recorded: readonly Recorded[]): Promise<void>;
  /** Read capacity that the table itself says it has used since the last call. */
  takeReadUnits(): number;
}

/** The table alone, as long as `use` takes. */
export async function openStores<T>(dataDir: string, use: (stores: Stores) => Promise<T>) {
  const emulators = await startEmulators({ dataDir, log: silentLog, heapMb: 1_024 });
  const { region, endpoints, tableName } = emulators;
  const { dynamodb } = createClients({ region, endpoints, local: true });
  const table = createDynamoTable({ client: dynamodb, tableName });
  const takeReadUnits = meterReads(dynamodb);
  try {
    return await use({
      dataDir,
      table,
      record: (recorded) => recordAll(dynamodb, table, tableName, recorded),
      takeReadUnits,
    });
  } finally {
    dynamodb.destroy();
    await emulators.stop();
  }
}

/** Has every query say what it used. */
function meterReads(client: DynamoDBClient): () => number {
  let units = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "QueryCommand") return next(args);
      const result = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: "TOTAL" },
      });
      const { ConsumedCapacity } = result.output as QueryCommandOutput;
      units += ConsumedCapacity?.CapacityUnits ?? Number.NaN;
      return result;
    },
    { step: "initialize", name: "meterReads" },
  );
  return () => {
    const taken = units;
    units = 0;
    return taken;
  };
}

const batch = 25;
const lanes = 6;

async function recordAll(
  client: DynamoDBClient,
  table: Table,
  tableName: string,
  recorded: readonly Recorded[],
): Promise<void> {
  const hours = Map.groupBy(
    recorded,
    ({ entry }) => `${entry.botId} ${Ledger.hourOf(entry.finishedAt)}`,
  );
  const rest: Recorded[] = [];
  // The first of each hour by the ledger itself, at the time it ended: it makes the hour's head.
  for (const [first, ...others] of hours.values()) {
    if (!first) continue;
    const { entry, suffix } = first;
    const clock = { now: () => entry.finishedAt, sleep: async () => undefined };
    await Ledger.record({ table, clock }, entry, suffix);
    rest.push(...others);
  }
  let next = 0;
  const lane = async () => {
    for (;;) {
      const some = rest.slice(next, (next += batch));
      if (some.length === 0) return;
      await put(client, tableName, some.map(toAttributes));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

type Attributes = Record<
  string,
  { S: string } | { N: string } | { BOOL: boolean } | { NULL: true }
>;

function toAttributes({ entry, suffix }: Recorded): Attributes {
  const { botId, finishedAt, runId } = entry;
  const sk = suffix === undefined ? runId : `${runId}#${suffix}`;
  const item = { ...entry, pk: Ledger.partition(botId, finishedAt), sk };
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (typeof value === "string") return [name, { S: value }];
      if (typeof value === "number") return [name, { N: String(value) }];
      return [name, value === null ? { NULL: true } : { BOOL: value }];
    }),
  );
}

async function put(client: DynamoDBClient, tableName: string, items: Attributes[]): Promise<void> {
  let requests = { [tableName]: items.map((Item) => ({ PutRequest: { Item } })) };
  while (Object.keys(requests).length > 0) {
    const output = await client.send(new BatchWriteItemCommand({ RequestItems: requests }));
    requests = (output.UnprocessedItems ?? {}) as typeof requests;
  }
}
