import type { MetricsRange, RequestCount } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";

/** Requests of one hour of one day of the week, over a whole range. */
export interface Cell {
  /** 1 is Monday, 7 Sunday. */
  weekday: number;
  hour: number;
  requests: number;
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const quarterSeconds = 900;
const hourSeconds = 3_600;

/** Tells weekday and hour of a time in a zone. */
interface LocalClock {
  at(epochMs: number): { weekday: number; hour: number; minute: number };
}

/**
 * @param timeZone an IANA name: `Europe/Berlin`.
 * @throws ProblemError `invalid_request` where there is no such zone.
 */
export function createLocalClock(timeZone: string): LocalClock {
  const format = toFormat(timeZone);
  return {
    at(epochMs) {
      const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
      return {
        weekday: weekdays.indexOf(parts.get("weekday") ?? "") + 1,
        hour: Number(parts.get("hour")),
        minute: Number(parts.get("minute")),
      };
    },
  };
}

function toFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  } catch (cause) {
    const message = 'timeZone must be an IANA time zone, such as "Europe/Berlin".';
    throw new Problem.ProblemError("invalid_request", { message, param: "timeZone" }, { cause });
  }
}

/**
 * How to count so that no count lies in two local hours: by the hour, or by the quarter where the
 * zone is, or was within the range, not a whole number of hours from UTC.
 * @param finest the finest period there is of the range, seconds.
 */
export function countingRange(
  { from, to }: { from: number; to: number },
  clock: LocalClock,
  finest: number,
): { range: MetricsRange; exact: boolean } {
  const hours = (to - from) / hourSeconds / 1000;
  const whole = Array.from({ length: Math.ceil(hours / 24) + 1 }, (_, day) =>
    clock.at(Math.min(from + day * 86_400_000, to)),
  ).every(({ minute }) => minute === 0);
  const exact = whole || finest <= quarterSeconds;
  const periodSeconds = whole || !exact ? hourSeconds : quarterSeconds;
  return { range: { from, to, periodSeconds }, exact };
}

/** All 168 hours of a week, from Monday 0 h. */
export function toCells(
  counts: readonly Pick<RequestCount, "at" | "requests">[],
  clock: LocalClock,
): Cell[] {
  const cells = weekdays.flatMap((_, day) =>
    Array.from({ length: 24 }, (__, hour): Cell => ({ weekday: day + 1, hour, requests: 0 })),
  );
  const byTime = new Map<number, number>();
  for (const { at, requests } of counts) byTime.set(at, (byTime.get(at) ?? 0) + requests);
  for (const [at, requests] of byTime) {
    const { weekday, hour } = clock.at(at);
    const cell = cells[(weekday - 1) * 24 + hour];
    if (cell) cell.requests += requests;
  }
  return cells;
}
