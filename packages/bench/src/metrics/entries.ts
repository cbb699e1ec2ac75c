import { ModelCatalog } from "@outlet/core/models/catalog";
import { Ledger } from "@outlet/core/records/ledger";
import type { Random } from "./random.ts";

/** An entry of the ledger, and the suffix of one that is not the run's first. */
export interface Recorded {
  entry: Ledger.Entry;
  suffix?: number | string;
}

export const models = [
  "claude-v4.5-haiku",
  "claude-v4.5-sonnet",
  "amazon-nova-pro",
  "amazon-nova-micro",
];

/** As the worker does, with the product's own price table. */
const catalog = ModelCatalog.createCatalog(models);

export function makeEntry(random: Random, botId: string, n: number, at: number): Ledger.Entry {
  const model = models[random.below(models.length)] ?? "";
  const { status, errorCode } = makeEnd(random);
  const unused = status === "cancelled" && random.below(2) === 0;
  const tokens = unused
    ? Ledger.noTokens
    : {
        inputTokens: random.below(4_000),
        outputTokens: random.below(1_500),
        cacheReadInputTokens: random.below(3) === 0 ? random.below(20_000) : 0,
        cacheWriteInputTokens: random.below(5) === 0 ? random.below(5_000) : 0,
      };
  return {
    ...tokens,
    botId,
    runId: `01RUN${String(n).padStart(21, "0")}`,
    keyId: `01KEY${String(random.below(8)).padStart(21, "0")}`,
    clientId: "client",
    model,
    status,
    finishedAt: at,
    costMicroUsd: Ledger.cost(catalog.require(model, "model").price, tokens),
    priceVersion: ModelCatalog.priceVersion,
    queueMs: random.below(200),
    firstTokenMs: unused ? null : 100 + random.below(900),
    runMs: 500 + random.below(9_000),
    errorCode,
    abandoned: false,
    utility: random.below(12) === 0,
  };
}

function makeEnd(random: Random): Pick<Ledger.Entry, "status" | "errorCode"> {
  const dice = random.below(100);
  if (dice < 3) return { status: "failed", errorCode: "model_error" };
  if (dice < 4) return { status: "failed", errorCode: "run_timeout" };
  if (dice < 6) return { status: "cancelled", errorCode: null };
  if (dice < 8) return { status: "incomplete", errorCode: null };
  return { status: "completed", errorCode: null };
}
