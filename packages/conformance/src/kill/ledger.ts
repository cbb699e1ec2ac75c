import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { createClients } from "@outlet/aws/clients";
import { type Item, silentLog } from "@outlet/core/ports";
import { startEmulators } from "@outlet/local/emulators/start";

/** Everything in the table of a runtime that has ended. */
export async function readTable(dataDir: string): Promise<Item[]> {
  const emulators = await startEmulators({ dataDir, log: silentLog });
  const { dynamodb } = createClients({
    region: emulators.region,
    endpoints: emulators.endpoints,
    local: true,
  });
  try {
    const items: Item[] = [];
    let from: Awaited<ReturnType<typeof scan>>["LastEvaluatedKey"];
    do {
      const page = await scan(from);
      // Written by our own adapter.
      items.push(...(page.Items ?? []).map((item) => unmarshall(item) as Item));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  } finally {
    dynamodb.destroy();
    await emulators.stop();
  }

  function scan(start: Record<string, never> | undefined | object) {
    const ExclusiveStartKey = start as ConstructorParameters<
      typeof ScanCommand
    >[0]["ExclusiveStartKey"];
    return dynamodb.send(
      new ScanCommand({
        TableName: emulators.tableName,
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
      }),
    );
  }
}

export interface Audit {
  runs: number;
  /** Entries of runs, and of attempts that were paid for and overtaken. */
  entries: number;
  abandoned: number;
  complaints: string[];
}

/** Holds the ledger against the runs: each is billed once, what its item says. */
export function audit(items: readonly Item[]): Audit {
  const complaints: string[] = [];
  const runs = items.filter(({ sk }) => sk.startsWith("RUN#"));
  const entries = items.filter(({ pk, runId }) => pk.startsWith("USAGE#") && runId !== undefined);
  const own = entries.filter(({ abandoned }) => abandoned !== true);
  for (const run of runs) {
    const mine = own.filter(({ runId }) => runId === run.runId);
    const [entry] = mine;
    if (mine.length !== 1 || !entry) {
      complaints.push(`${run.runId} (${run.status}) has ${mine.length} entries`);
      continue;
    }
    if (entry.status !== run.status || tokens(entry) !== tokens(run.usage)) {
      complaints.push(`the entry of ${run.runId} says other than the run`);
    }
    const same = entries.filter(({ sk }) => sk === `${run.runId}#${run.token}`);
    if (same.length > 0) complaints.push(`${run.runId}: its answer is billed twice`);
  }
  for (const { sk, open, leaseUntil } of items) {
    if (sk !== "HEAD") continue;
    if (Array.isArray(open) && open.length > 0)
      complaints.push(`a mailbox holds ${open.length} runs`);
    if (typeof leaseUntil === "number" && leaseUntil > Date.now())
      complaints.push("a lease is held");
  }
  return {
    runs: runs.length,
    entries: own.length,
    abandoned: entries.length - own.length,
    complaints,
  };
}

function tokens(usage: unknown): string {
  const { inputTokens = 0, outputTokens = 0 } = (usage ?? {}) as Record<string, number>;
  return `${inputTokens}/${outputTokens}`;
}
