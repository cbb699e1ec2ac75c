import type { Clock, Tool, ToolLimits } from "../../ports/index.ts";
import { evaluate } from "./expression.ts";
import { CalculationError, toText } from "./rational.ts";

const textSchema = (name: string, description: string, isRequired = true) => ({
  type: "object",
  properties: { [name]: { type: "string", description } },
  required: isRequired ? [name] : [],
  additionalProperties: false,
});

/** Arithmetic without rounding errors: models are bad at it. */
export const createCalculator = (limits: ToolLimits): Tool => ({
  definition: {
    name: "calculate",
    description:
      "Works out an arithmetic expression exactly, in decimal numbers. + - * / ^ and % (remainder), brackets, and the functions abs, ceil, floor, max, min, round(number, places), sqrt, sum. No units, no thousands separators.",
    inputSchema: textSchema("expression", "For example: (19.99 * 3 + 4.5) * 1.19"),
    isSafeToRepeat: true,
    limits,
  },
  async call({ input: { expression } }) {
    if (typeof expression !== "string" || expression.trim() === "") {
      return { outcome: "error", reason: 'The member "expression" has to be text.' };
    }
    try {
      return { outcome: "ok", content: toText(evaluate(expression)) };
    } catch (error) {
      if (!(error instanceof CalculationError)) throw error;
      return { outcome: "error", reason: error.message };
    }
  },
});

/** The present time, which no model knows. */
export const createTime = (clock: Clock, limits: ToolLimits): Tool => ({
  definition: {
    name: "current_time",
    description: "Tells the present date, weekday and time in a time zone.",
    inputSchema: textSchema(
      "zone",
      "An IANA time zone such as Europe/Berlin. UTC where it is left out.",
      false,
    ),
    isSafeToRepeat: true,
    limits,
  },
  async call({ input: { zone = "UTC" } }) {
    if (typeof zone !== "string") {
      return { outcome: "error", reason: 'The member "zone" has to be text.' };
    }
    const told = timeIn(zone.trim(), clock.now());
    if (told !== undefined) return { outcome: "ok", content: told };
    const reason = "There is no such time zone. Name one of the IANA database: Europe/Berlin, UTC.";
    return { outcome: "error", reason };
  },
});

/** `2026-11-27T14:03:05+01:00, Friday (Europe/Berlin)`; `undefined` where there is no such zone. */
function timeIn(zone: string, now: number): string | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      weekday: "long",
      timeZoneName: "longOffset",
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const parts = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second, weekday, timeZoneName = "" } = parts;
  const offset = timeZoneName.replace("GMT", "") || "Z";
  const { timeZone } = format.resolvedOptions();
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}, ${weekday} (${timeZone})`;
}
