/**
 * The heads of roll-ups: one item for each hour of a bot in which runs ended, and one for each day.
 * A writer of the ledger makes the head before its first entry, so the heads tell which hours there
 * are; `../../observability/usage-report` puts the sums into them once the hour is closed.
 */
import { absent, type Clock, type Key, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";

const minute = 60_000;
export const hourMs = 60 * minute;
export const dayMs = 24 * hourMs;

/**
 * An hour is closed so long after its end. Until then its entries are summed as they are read.
 *
 * Writers take the hour for closed {@link skewMs} earlier: between the two lie the time a put may
 * take and what the clocks of two machines may be apart.
 */
const closesAfterMs = 10 * minute;
const skewMs = 5 * minute;
/** So long nobody sums up an hour into which a late entry is on its way. */
const settlesWithinMs = 10 * minute;

/** `2026-11-22T22`, UTC. */
export const hourOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 13);

export const startOfHour = (epochMs: number): number => epochMs - (epochMs % hourMs);
export const startOfDay = (epochMs: number): number => epochMs - (epochMs % dayMs);

/** Whether what ended at `end` (of an hour or a day) is closed now, as readers see it. */
export const isClosed = (end: number, now: number): boolean => now >= end + closesAfterMs;

export const headKeys = {
  hour: (botId: string, at: number): Key => Layout.rollUpOfHour(botId, hourOf(startOfHour(at))),
  day: (botId: string, at: number): Key =>
    Layout.rollUpOfDay(botId, new Date(at).toISOString().slice(0, 10)),
};

const openHour = (botId: string, at: number) =>
  Layout.inOpen(Layout.open.hours, `${hourOf(at)}#${botId}`);

/** Until when all hours are closed now. */
export const endOfClosed = (now: number): number => startOfHour(now - closesAfterMs);

/** The last hour (of any bot) that is closed now, as a bound on the open index. */
export const lastClosedHour = (now: number): string => hourOf(endOfClosed(now) - hourMs);

/**
 * Before an entry whose run ended at `finishedAt` is put. Where its hour may be closed already, this
 * takes back the sums of the hour and its day and keeps anybody from making new ones until the entry
 * is there: whatever crashes afterwards, no sum can miss it.
 */
export async function announce(
  deps: { table: Table; clock: Clock },
  botId: string,
  finishedAt: number,
): Promise<void> {
  const now = deps.clock.now();
  const hour = headKeys.hour(botId, finishedAt);
  if (now < startOfHour(finishedAt) + hourMs + closesAfterMs - skewMs) {
    return announceFirst(deps.table, botId, hour, finishedAt);
  }
  const reopen = { add: { generation: 1 }, set: { reopenedUntil: now + settlesWithinMs } };
  await deps.table.update(hour, {
    ...reopen,
    set: { ...reopen.set, botId, ...openHour(botId, finishedAt) },
  });
  await deps.table.update(headKeys.day(botId, finishedAt), reopen);
}

/** Whether a put came soon enough after its announcement to be waited for. */
export const isTimely = (announcedAt: number, putAt: number): boolean =>
  putAt - announcedAt < Math.min(skewMs, settlesWithinMs);

/** The heads that this process has made, per table: one write an hour and bot, not one a run. */
const made = new WeakMap<Table, Set<string>>();
const madeMax = 10_000;

async function announceFirst(
  table: Table,
  botId: string,
  key: Key,
  finishedAt: number,
): Promise<void> {
  const known = made.get(table) ?? new Set();
  const name = `${key.pk}/${key.sk}`;
  if (known.has(name)) return;
  await table.put({ ...key, generation: 0, botId, ...openHour(botId, finishedAt) }, absent("pk"));
  if (known.size >= madeMax) known.clear();
  made.set(table, known.add(name));
}
