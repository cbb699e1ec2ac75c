import { randomUUID } from "node:crypto";
import type { Clock, Table } from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";

interface Paid {
  botId: string;
  /** What it was paid for; a part of the entry's id. */
  purpose: "sync" | "rerank";
  /** Short name. */
  model: string;
  priceVersion: string;
  inputTokens: number;
  costMicroUsd: number;
}

/** What finding passages was charged is cost of the bot, beside its runs: no key has asked for it. */
export async function charge(
  deps: { table: Table; clock: Clock },
  { purpose, ...paid }: Paid,
): Promise<void> {
  const now = deps.clock.now();
  await Ledger.record(deps, {
    ...Ledger.noTokens,
    ...paid,
    runId: `${purpose}-${now.toString(36)}-${randomUUID()}`,
    keyId: Ledger.syncKeyId,
    clientId: "",
    status: "synced",
    finishedAt: now,
    queueMs: null,
    firstTokenMs: null,
    runMs: null,
    errorCode: null,
    abandoned: false,
    utility: false,
  });
}
