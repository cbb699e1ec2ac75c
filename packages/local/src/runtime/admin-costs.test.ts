import { Bot } from "@outlet/core/bots/bot";
import { Publication } from "@outlet/core/publishing/publication";
import { Ledger } from "@outlet/core/records/ledger";
import { type CostBy, costsOf, type Per } from "@outlet/functions/control-api/admin/costs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import { type Stack, startStack } from "./stack-fixture.ts";

const hour = 3_600_000;
const now = Date.parse("2026-03-10T12:30:00Z");
const from = now - 3 * 24 * hour - hour / 2;
const range = { from, to: now + hour / 2 };

let stack: Stack;
let deps: Pick<Stack["deps"], "table"> & { clock: { now(): number; sleep(): Promise<void> } };
const entries: Ledger.Entry[] = [];

beforeAll(async () => {
  stack = await startStack();
  deps = { table: stack.table, clock: { now: () => now, sleep: async () => undefined } };
  for (let i = 0; i < 12; i++) {
    const { botId } = await stack.createBot(`Bot ${i}`);
    await publish(botId);
    for (let runs = 0; runs < 6; runs++) entries.push(...entriesOf(botId, i, runs));
  }
  for (const { suffix, ...entry } of entries.map((one) => ({
    ...one,
    suffix: one.abandoned ? 7 : undefined,
  }))) {
    // Whoever is lost after the put puts again.
    expect(await Ledger.record(deps, entry, suffix)).toBe(true);
    expect(await Ledger.record(deps, entry, suffix)).toBe(false);
  }
});
afterAll(() => stack.stop());

async function publish(botId: string): Promise<void> {
  const admin = { ...stack.owner, groups: ["Admin"] };
  const scope = v.parse(Bot.Sharing, { scope: "all" });
  const bot = await Bot.share(stack.deps, admin, botId, scope);
  const publication = { ...stack.deps, cell: "here" };
  await Publication.publish(publication, admin, bot, v.parse(Publication.Publish, {}));
}

/** A run and, of every other one, an attempt that was paid for and overtaken. */
function entriesOf(botId: string, bot: number, run: number): Ledger.Entry[] {
  const failed = run % 3 === 2;
  const entry: Ledger.Entry = {
    botId,
    runId: `run-${run}`,
    keyId: `${botId}-key-${run % 2}`,
    clientId: "client",
    model: run % 2 ? "claude-v3-haiku" : "claude-v4.5-haiku",
    status: failed ? "failed" : "completed",
    finishedAt: from + ((bot * 7 + run * 13) % 72) * hour + 1,
    inputTokens: 10 + run,
    outputTokens: 5,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    // Primes and zeros: no share of it is round.
    costMicroUsd: bot === 11 ? 0 : 101 * bot + 7 * run + 1,
    priceVersion: "2026-11-22",
    queueMs: 1,
    firstTokenMs: 2,
    runMs: 3,
    errorCode: failed ? "model_error" : null,
    abandoned: false,
    utility: false,
  };
  return run % 2 ? [entry, { ...entry, abandoned: true, costMicroUsd: 13 }] : [entry];
}

const add = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);

describe("costs of failed, redelivered and abandoned attempts", () => {
  const ways = (["bot", "owner", "model", "key"] as const).flatMap((by) =>
    (["hour", "day"] as const).map((per): [CostBy, Per] => [by, per]),
  );

  test.each(ways)("add up to the ledger exactly, by %s and %s", async (by, per) => {
    const { total, groups, series } = await costsOf(deps, range, by, per);
    const truth = add(entries.map(({ costMicroUsd }) => costMicroUsd));
    expect(total.costMicroUsd).toBe(truth);
    expect(add(groups.map(({ costMicroUsd }) => costMicroUsd))).toBe(truth);
    expect(add(groups.map(({ shareBasisPoints }) => shareBasisPoints))).toBe(10_000);
    const drawn = series.groups.flatMap(({ costsMicroUsd }) => costsMicroUsd);
    expect(add(drawn) + add(series.othersMicroUsd)).toBe(truth);
    for (const { group, costsMicroUsd } of series.groups) {
      const whole = groups.find((one) => one.group === group);
      expect([group, add(costsMicroUsd)]).toEqual([group, whole?.costMicroUsd]);
    }
    expect(add(groups.map(({ runs }) => runs))).toBe(
      entries.filter(({ abandoned }) => !abandoned).length,
    );
  });

  test("by bot are those of each bot, the dearest first, all but five as others", async () => {
    const { groups, series } = await costsOf(deps, range, "bot", "day");
    expect(groups).toHaveLength(12);
    const costs = groups.map(({ costMicroUsd }) => costMicroUsd);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    for (const { botId, costMicroUsd } of groups) {
      const own = entries.filter((entry) => entry.botId === botId);
      expect(costMicroUsd).toBe(add(own.map((entry) => entry.costMicroUsd)));
    }
    expect(series.groups.map(({ group }) => group)).toEqual(
      groups.slice(0, 5).map(({ group }) => group),
    );
    expect(series.periods.at(0)).toBe("2026-03-07T00:00:00.000Z");
    expect(series.periods).toHaveLength(4);
    const others = groups.slice(5).map(({ costMicroUsd }) => costMicroUsd);
    expect(add(series.othersMicroUsd)).toBe(add(others));
  });
});
