/** How much one person may have and do, and how long keys live: set for a whole installation. */
export * as Limits from "./index.ts";

/** What a person may have at most; those `PerDay` are counted anew each day, UTC. */
export interface Caps {
  bots: number;
  /** Of one bot. */
  keys: number;
  /** Published at once. */
  publications: number;
  testsPerDay: number;
  uploadsPerDay: number;
}

export interface Info {
  caps: Caps;
  keyLifetime: {
    /** Days that a key lives where whoever makes it says nothing; `null`: without an end. */
    defaultDays: number | null;
    /** Days that it may live at most; `null`: any. */
    mostDays: number | null;
  };
}

export const defaults: Info = {
  caps: { bots: 200, keys: 500, publications: 50, testsPerDay: 500, uploadsPerDay: 500 },
  keyLifetime: { defaultDays: null, mostDays: null },
};

const isCap = (name: string): name is keyof Caps => Object.hasOwn(defaults.caps, name);

/**
 * @param said.caps `bots=50,testsPerDay=100`: those not named stay as they are by default.
 * @param said.keyDays, said.keyDaysMost whole days; empty: no end, and no limit.
 * @throws RangeError that names what is wrong, and what would be right.
 */
export function parse(said: { caps: string; keyDays: string; keyDaysMost: string }): Info {
  const caps = { ...defaults.caps };
  for (const entry of said.caps.split(",").filter((text) => text.trim() !== "")) {
    const [name = "", value = ""] = entry.split("=").map((text) => text.trim());
    if (!isCap(name) || !/^\d{1,9}$/.test(value)) {
      const known = Object.keys(defaults.caps).join(", ");
      throw new RangeError(`caps are name=number of ${known}, not "${entry}".`);
    }
    caps[name] = Number(value);
  }
  const keyLifetime = {
    defaultDays: daysOf("a key's lifetime", said.keyDays),
    mostDays: daysOf("a key's longest lifetime", said.keyDaysMost),
  };
  return { caps, keyLifetime };
}

function daysOf(what: string, text: string): number | null {
  if (text === "") return null;
  if (/^\d{1,5}$/.test(text) && Number(text) > 0) return Number(text);
  throw new RangeError(`${what} is a whole number of days from 1 to 99999, not "${text}".`);
}
