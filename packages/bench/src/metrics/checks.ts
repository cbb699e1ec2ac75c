import { isDeepStrictEqual } from "node:util";

export interface Check {
  name: string;
  /** What is wrong; `null` where nothing is. */
  fault: string | null;
}

/** What was held against what, in order. */
export class Checks {
  readonly all: Check[] = [];

  get failed(): Check[] {
    return this.all.filter(({ fault }) => fault !== null);
  }

  equal(name: string, found: unknown, wanted: unknown): void {
    const same = isDeepStrictEqual(found, wanted);
    this.add(name, same, () => `${short(found)}, not ${short(wanted)}`);
  }

  /** Within one in a hundred. */
  near(name: string, found: number | null | undefined, wanted: number): void {
    const near = typeof found === "number" && Math.abs(found - wanted) <= wanted / 100;
    this.add(name, near, () => `${found}, not within 1 % of ${wanted}`);
  }

  atMost(name: string, found: number, most: number): void {
    this.add(name, found <= most, () => `${found}, above ${most}`);
  }

  add(name: string, holds: boolean, fault: () => string): void {
    this.all.push({ name, fault: holds ? null : fault() });
  }
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
