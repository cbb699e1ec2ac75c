import type { ObjectStore } from "./object-store.ts";
import type { Table } from "./table.ts";

/** A process killed by the test. */
class Killed extends Error {}

/** The stores of a process that dies at its `nth` call, before it or right after. */
export function dying(stores: { table: Table; objects: ObjectStore }, nth: number, after: boolean) {
  let calls = 0;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get:
        (target, name) =>
        async (...args: unknown[]) => {
          const call: unknown = Reflect.get(target, name);
          calls += 1;
          if (calls > nth || (calls === nth && !after)) throw new Killed();
          const value: unknown = typeof call === "function" ? await call.apply(target, args) : null;
          if (calls === nth) throw new Killed();
          return value;
        },
    });
  return { table: mortal<Table>(stores.table), objects: mortal<ObjectStore>(stores.objects) };
}

/** @returns whether the work came to its end. */
export const surviving = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Killed) return false;
      throw error;
    },
  );
