import { copy } from "./copy.ts";
import { fieldValue } from "./fields.ts";

type Snapshot = Record<string, unknown> | null;

export interface Change {
  /** `throttle.burstLimit`. */
  name: string;
  /** `undefined` where it was not there, or is there no more. */
  before: string | undefined;
  after: string | undefined;
}

/** What differs, field by field, down to the last member. */
export function changesOf(before: Snapshot, after: Snapshot): Change[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const change = { name, before: was.get(name), after: is.get(name) };
    return change.before === change.after ? [] : [change];
  });
}

function leavesOf(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return path === "" ? new Map() : new Map([[path, fieldValue(path, value)]]);
  }
  const members = Object.entries(value);
  if (members.length === 0 && path !== "") return new Map([[path, copy.nothing]]);
  return new Map(
    members.flatMap(([name, member]) => [...leavesOf(member, path ? `${path}.${name}` : name)]),
  );
}
