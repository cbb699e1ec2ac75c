/** Objects whose names come from outside. */
export * as Members from "./index.ts";

import * as v from "valibot";

type Schema<T> = v.GenericSchema<T, T>;
type AnyOf = v.GenericSchema<unknown, unknown>;

/** What `v.record` leaves out without a word, though a service's parameter may well be `constructor`. */
const leftOut = ["__proto__", "constructor", "prototype"];

/** An object of members of one kind, as `v.record` is, whatever they are called. */
export function of<N extends Schema<string>, M extends AnyOf>(
  name: N,
  member: M,
): v.RecordSchema<N, M, undefined> {
  const record = v.record(name, member);
  return {
    ...record,
    "~run"(dataset, config) {
      const given = dataset.value;
      const made: Made = record["~run"](dataset, config);
      for (const key of leftOut) {
        if (isObject(given) && Object.hasOwn(given, key))
          takeOver(record, made, given, key, config);
      }
      return made as ReturnType<(typeof record)["~run"]>;
    },
  };
}

/** What valibot hands from schema to schema. */
interface Made {
  typed?: boolean;
  value: unknown;
  issues?: v.BaseIssue<unknown>[] | undefined;
}

function takeOver(
  { key: name, value: member }: { key: AnyOf; value: AnyOf },
  made: Made,
  input: Record<string, unknown>,
  key: string,
  config: v.Config<v.BaseIssue<unknown>>,
): void {
  const value = input[key];
  const named: Made = name["~run"]({ value: key }, config);
  const taken: Made = member["~run"]({ value }, config);
  for (const [origin, issues] of [
    ["key", named.issues],
    ["value", taken.issues],
  ] as const) {
    if (!issues) continue;
    const at = { type: "object", origin, input, key, value } as const;
    const found = issues.map((issue) => ({ ...issue, path: [at, ...(issue.path ?? [])] }));
    made.issues = [...(made.issues ?? []), ...found] as typeof issues;
  }
  if (!named.typed || !taken.typed) made.typed = false;
  // An assignment to `__proto__` would make no member of it.
  const descriptor = { value: taken.value, enumerable: true, writable: true, configurable: true };
  if (isObject(made.value)) Object.defineProperty(made.value, key, descriptor);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
