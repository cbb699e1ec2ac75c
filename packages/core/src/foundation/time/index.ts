/** Times as people and programs write them to the APIs. */
export * as Time from "./index.ts";

import * as v from "valibot";

/** RFC 3339, of a day that there is: `Date` takes the 29th of February 2027 for the 1st of March. */
export const Timestamp = (message?: string) =>
  v.pipe(
    v.string(),
    message === undefined ? v.isoTimestamp() : v.isoTimestamp(message),
    v.check(isOfCalendar, "must be a day that there is"),
  );

function isOfCalendar(text: string): boolean {
  const [day = ""] = text.split(/[Tt ]/);
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
