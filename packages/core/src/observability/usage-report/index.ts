/**
 * What a published bot used and cost, from its ledger: by key, model, hour or day. Closed hours and
 * days are summed once; what is asked for is read, and nothing outside of it.
 */
export * as UsageReport from "./index.ts";

import * as v from "valibot";
import * as Problem from "../../foundation/problem/index.ts";
import {
  dayMs,
  endOfClosed,
  headKeys,
  hourMs,
  lastClosedHour,
  startOfDay,
  startOfHour,
} from "../../records/roll-up/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import {
  closeDay,
  type Deps,
  isReopened,
  mapLimited,
  readDays,
  readHours,
  type Slice,
} from "./roll-up.ts";
import { type Durations, Tally } from "./tally.ts";
import * as Layout from "../../store/layout/index.ts";

export { mapLimited } from "./roll-up.ts";
export { sharesOf } from "./shares.ts";

export const By = v.picklist(["key", "model", "hour", "day"]);
export type By = v.InferOutput<typeof By>;

export interface Range {
  /** Epoch milliseconds, whole hours. */
  from: number;
  /** Exclusive. */
  to: number;
}

/** How long something took. Quantiles are within 1 %; `null` where they were not kept. */
export interface Timing {
  count: number;
  averageMs: number;
  p50Ms: number | null;
  p90Ms: number | null;
  p99Ms: number | null;
  maxMs: number;
}

export interface Sum {
  /** Runs that ended; a redriven run ends again. */
  runs: number;
  completed: number;
  failed: number;
  cancelled: number;
  incomplete: number;
  /** Attempts that were paid for and brought no answer; in tokens and cost, not in runs. */
  abandonedAttempts: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheWriteInputTokens: number;
  costMicroUsd: number;
  /** How many of `runs` were a chat window's utility calls: titles, tags, follow-ups. */
  utilityRuns: number;
  /** What of `costMicroUsd` went to them. */
  utilityCostMicroUsd: number;
  /** Of the price tables that the cost was worked out by. */
  priceVersions: string[];
  /** Failed runs by their error's code. */
  errors: Record<string, number>;
  queueMs: Timing | null;
  firstTokenMs: Timing | null;
  runMs: Timing | null;
}

export interface Group extends Sum {
  /** Id of a key, short name of a model, or where an hour or a day begins: `2026-11-22T22:00:00.000Z`. */
  group: string;
}

export interface Report {
  total: Sum;
  /** Hours and days oldest first; keys and models by cost, the dearest first. Only where anything was used. */
  groups: Group[];
}

/** 31 days, and the hour by which a range is rounded, or by which clocks are set back in autumn. */
const hoursMax = 31 * 24 + 1;
const daysMax = 456;

/**
 * A range in whole hours, rounded outwards. The last seven days where nothing is said.
 * @throws ProblemError `invalid_request`
 */
export function toRange(
  query: { from?: number | undefined; to?: number | undefined },
  by: By | undefined,
  now: number,
): Range {
  const to = Math.min(query.to ?? now, now);
  const from = query.from ?? to - 7 * dayMs;
  if (!(from < to)) throw invalid("from must be before to, and not in the future.");
  const range = { from: startOfHour(from), to: startOfHour(to - 1) + hourMs };
  const hours = (range.to - range.from) / hourMs;
  if (by === "hour" && hours > hoursMax) throw invalid("By the hour, ask for 31 days at most.");
  if (hours > daysMax * 24) throw invalid("Ask for 455 days at most, by a later from.");
  return range;
}

export interface Query extends Range {
  botId: string;
  by: By;
  keyId?: string | undefined;
  model?: string | undefined;
}

export async function query(deps: Deps, { botId, by, ...rest }: Query): Promise<Report> {
  const slices = await readSlices(deps, botId, rest, by === "hour");
  return toReport(
    slices,
    (row, at) => {
      if (by === "key") return row.keyId;
      if (by === "model") return row.model;
      return new Date(by === "day" ? startOfDay(at) : at).toISOString();
    },
    rest,
  );
}

/** One report over many bots, each row's group told by its bot. */
export async function queryAll(
  deps: Deps,
  botIds: readonly string[],
  range: Range,
  groupOf: (row: { botId: string; keyId: string; model: string; at: number }) => string,
  options: { byHour?: boolean } = {},
): Promise<Report> {
  const perBot = await mapLimited(botIds, 8, (botId) =>
    readSlices(deps, botId, range, options.byHour ?? false),
  );
  const all = perBot.flatMap((slices, i) =>
    slices.map((slice) => ({
      at: slice.at,
      rows: slice.rows.map((row) => ({ ...row, botId: botIds[i] ?? "" })),
    })),
  );
  return toReport(all, (row, at) => groupOf({ ...row, at }), {});
}

/**
 * Sums up for good what is closed and has no sums yet, of all bots. Readers would do it too; done
 * ahead, none of them waits for it.
 * @returns how many hours were seen to.
 */
export async function closeHours(deps: Deps, hoursMaxAtOnce = 50): Promise<number> {
  const now = deps.clock.now();
  const page = await deps.table.query({
    index: "open",
    pk: Layout.open.hours,
    skTo: `${lastClosedHour(now)}#~`,
    limit: hoursMaxAtOnce,
  });
  const days = new Map<string, { botId: string; at: number }>();
  const settled = page.items.filter((head) => !isReopened(head, now));
  for (const { openSk } of settled) {
    const [hour = "", botId = ""] = v.parse(v.string(), openSk).split("#");
    const at = startOfDay(Date.parse(`${hour}:00Z`));
    days.set(`${botId}#${at}`, { botId, at });
  }
  // One after the other: nobody waits for it, and others use the table at the same time.
  for (const { botId, at } of days.values()) {
    const to = Math.min(at + dayMs, endOfClosed(now));
    await readSlices(deps, botId, { from: at, to }, false);
  }
  return settled.length;
}

/** Forgets the sums of a stretch of time, of which the ledger then makes new ones. */
export async function rebuild(deps: Deps, botId: string, range: Range): Promise<void> {
  for (let at = startOfHour(range.from); at < range.to; at += hourMs) {
    const { items } = await deps.table.query({ pk: Ledger.partition(botId, at), limit: 1 });
    if (items.length === 0) continue;
    const again = { add: { generation: 1 } };
    await deps.table.update(headKeys.hour(botId, at), { ...again, set: { botId } });
    await deps.table.update(headKeys.day(botId, at), again);
  }
}

async function readSlices(
  deps: Deps,
  botId: string,
  { from, to }: Range,
  byHour: boolean,
): Promise<Slice[]> {
  if (byHour) return readHours(deps, botId, from, to);
  const firstDay = startOfDay(from + dayMs - 1);
  const endOfDays = startOfDay(to);
  // Before the hours: a late entry takes back the sum of its hour first, then that of its day.
  const heads = await readDays(deps, botId, firstDay, endOfDays);
  const slices = heads.flatMap(({ at, rows }): Slice[] => (rows ? [{ at, rows }] : []));
  const gaps = gapsOf(from, to, new Set(slices.map(({ at }) => at)));
  const generations = new Map(heads.map(({ at, generation }) => [at, generation]));
  const hours = (
    await mapLimited(gaps, 4, (gap) => readHours(deps, botId, gap.from, gap.to))
  ).flat();
  const days = new Set(hours.map(({ at }) => startOfDay(at)));
  await mapLimited(
    [...days].filter((at) => at >= firstDay && at < endOfDays),
    4,
    (at) => closeDay(deps, botId, at, generations.get(at) ?? 0),
  );
  return [...slices, ...hours];
}

/** What a range has besides the days that are known: as few stretches as may be. */
function gapsOf(from: number, to: number, known: ReadonlySet<number>): Range[] {
  const gaps: Range[] = [];
  let begin = from;
  for (const day of [...known].sort((a, b) => a - b)) {
    if (day > begin) gaps.push({ from: begin, to: day });
    begin = day + dayMs;
  }
  if (begin < to) gaps.push({ from: begin, to });
  return gaps;
}

interface Gathered {
  tally: Tally;
  versions: Set<string>;
}

function toReport<R extends Slice["rows"][number]>(
  slices: readonly { at: number; rows: R[] }[],
  groupOf: (row: R, at: number) => string,
  only: { keyId?: string | undefined; model?: string | undefined },
): Report {
  const gather = (): Gathered => ({ tally: new Tally(), versions: new Set() });
  const groups = new Map<string, Gathered>();
  for (const { at, rows } of slices) {
    for (const row of rows) {
      if (only.keyId !== undefined && row.keyId !== only.keyId) continue;
      if (only.model !== undefined && row.model !== only.model) continue;
      const name = groupOf(row, at);
      const group = groups.get(name) ?? gather();
      groups.set(name, group);
      group.tally.merge(row.tally);
      group.versions.add(row.priceVersion);
    }
  }
  // Of the groups, which are few, and not of their rows again.
  const total = gather();
  for (const { tally, versions } of groups.values()) {
    total.tally.merge(tally.encode(true));
    for (const version of versions) total.versions.add(version);
  }
  const sums = [...groups].map(([group, gathered]) => ({ group, ...toSum(gathered) }));
  const isTime = sums.every(({ group }) => /^\d{4}-\d\d-\d\dT/.test(group));
  sums.sort(
    (a, b) =>
      (isTime ? 0 : b.costMicroUsd - a.costMicroUsd || b.runs - a.runs) ||
      (a.group < b.group ? -1 : 1),
  );
  return { total: toSum(total), groups: sums };
}

function toSum({ tally, versions }: Gathered): Sum {
  const { abandoned, ...counts } = tally.counts;
  return {
    ...counts,
    abandonedAttempts: abandoned,
    priceVersions: [...versions].sort(),
    errors: Object.fromEntries(tally.errors),
    queueMs: toTiming(tally.queueMs),
    firstTokenMs: toTiming(tally.firstTokenMs),
    runMs: toTiming(tally.runMs),
  };
}

/** The sum of no runs. */
export const nothing: Sum = toSum({ tally: new Tally(), versions: new Set() });

function toTiming({ count, sum, max, quantiles }: Durations): Timing | null {
  if (count === 0) return null;
  const at = (quantile: number) => round(quantiles?.at(quantile) ?? null);
  return {
    count,
    averageMs: round(sum / count) ?? 0,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    maxMs: max,
  };
}

const round = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10);

const invalid = (message: string) =>
  new Problem.ProblemError("invalid_request", { message, param: "from" });
