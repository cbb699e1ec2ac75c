import fc from "fast-check";
import { expect, test } from "vitest";
import { Layout } from "../../store/layout/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { StoreUnavailable, systemRandomness, type Table } from "../../ports/index.ts";
import { Id } from "../../foundation/id/index.ts";
import { Key } from "./index.ts";

const botId = "bot";

/** A key, and a table whose calls take effect in an order that the scheduler chooses. */
async function start(pause: () => Promise<void> = async () => undefined) {
  const clock = { now: () => 1_000_000, sleep: async () => undefined };
  let isQuiet = true;
  const table = createMemoryTable(async () => (isQuiet ? undefined : pause()));
  const deps = {
    table,
    clock,
    ids: Id.createIds(clock),
    randomness: systemRandomness,
    pepper: Buffer.from("pepper"),
  };
  const { key, value } = await Key.create(deps, botId, {
    label: "Key",
    expiresAt: null,
    createdBy: "owner",
  });
  await Key.activate(table, key);
  isQuiet = false;
  const opens = async (secret = value) =>
    (await Key.authenticate(deps, botId, secret)).key !== undefined;
  return { deps, key, value, opens };
}

/** The same deps, over a table that is gone after so many writes. */
function dying<D extends { table: Table }>(deps: D, writesMax: number): D {
  let writes = 0;
  const mortal = async <T>(act: () => Promise<T>): Promise<T> => {
    if (++writes > writesMax) throw new StoreUnavailable("killed");
    return act();
  };
  const { table } = deps;
  return {
    ...deps,
    table: {
      ...table,
      put: (item, condition) => mortal(() => table.put(item, condition)),
      update: (key, change, condition) => mortal(() => table.update(key, change, condition)),
      remove: (key, condition) => mortal(() => table.remove(key, condition)),
    },
  };
}

test("a key is opened by one read, and after a change too", async () => {
  const { deps, key, value, opens } = await start();
  let reads = 0;
  const { table } = deps;
  const get: Table["get"] = (at) => {
    reads += 1;
    return table.get(at);
  };
  const counting = { ...deps, table: { ...table, get } };
  await Key.authenticate(counting, botId, value);
  expect(reads).toBe(1);
  await Key.update(deps, botId, key.keyId, { label: "Other" });
  const opened = await Key.authenticate(counting, botId, value);
  expect(reads).toBe(2);
  expect(opened.key?.label).toBe("Other");
  await Key.revoke(table, key);
  expect(await opens()).toBe(false);
});

test("whatever changes of a key race, and whoever dies among them, what is let in is what the key says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ enabled: fc.boolean(), writesMax: fc.constantFrom(1, 2, 3, 4, 9) }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (scheduler, changes) => {
        const { deps, key, opens } = await start(() => scheduler.schedule(Promise.resolve()));
        const acts = changes.map(({ enabled, writesMax }) =>
          Key.update(dying(deps, writesMax), botId, key.keyId, { enabled }).catch(
            (error: unknown) => {
              if (!(error instanceof StoreUnavailable)) throw error;
            },
          ),
        );
        await scheduler.waitFor(Promise.all(acts));
        const { enabled } = await scheduler.waitFor(Key.fromId(deps.table, botId, key.keyId));
        expect(await scheduler.waitFor(opens())).toBe(enabled);
        // And once more: the first look may have mended the copy.
        expect(await scheduler.waitFor(opens())).toBe(enabled);
      },
    ),
    { numRuns: 300 },
  );
});

test("a change that ended is heeded by the next request, whatever else is under way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { deps, key, opens } = await start(() => scheduler.schedule(Promise.resolve()));
      const disabled = Key.update(deps, botId, key.keyId, { enabled: false });
      const others = ["a", "b"].map((label) => Key.update(deps, botId, key.keyId, { label }));
      const seen = disabled.then(() => opens());
      await scheduler.waitFor(Promise.all([...others, seen]));
      expect(await seen).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("a rotation leaves both secrets open in its grace, and ends the old one at once without", async () => {
  const { deps, key, opens, value } = await start();
  const graceful = await Key.rotate(deps, botId, key.keyId, { graceSeconds: 60 });
  expect([await opens(), await opens(graceful.value)]).toEqual([true, true]);
  const sudden = await Key.rotate(deps, botId, key.keyId, { graceSeconds: 0 });
  expect([await opens(value), await opens(graceful.value), await opens(sudden.value)]).toEqual([
    false,
    false,
    true,
  ]);
});

test("a secret of before, without a copy, opens as before and gets one", async () => {
  const { deps, key, value, opens } = await start();
  const [hash = ""] = key.secretHashes;
  const bare = { ...Layout.secret(hash), botId, keyId: key.keyId };
  await deps.table.put(bare);
  expect(await opens(value)).toBe(true);
  expect(await deps.table.get(Layout.secret(hash))).toMatchObject({ version: 0 });
});
