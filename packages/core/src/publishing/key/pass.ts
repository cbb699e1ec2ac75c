import {
  absent,
  all,
  any,
  below,
  type Clock,
  equals,
  exists,
  type Item,
  type Table,
  type Value,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";

/**
 * The item that a secret is found by. It holds a copy of its key, so that one read tells whether a
 * request is let in. Whoever changes the key says so at the copies first, writes the key, then the
 * copies: as long as anybody is at it, and for ever where they broke off, the key itself is read.
 *
 * | attribute | |
 * |---|---|
 * | `key`, `version` | the copy, and how often the key had been changed; absent before there were copies |
 * | `pending` | how many are changing the key |
 * | `pendingAt` | when the last of them began, epoch milliseconds |
 * | `usedAt` | when a request was let in, to the minute |
 */
export const of = ({ botId, keyId }: { botId: string; keyId: string }, hash: string): Item => ({
  ...Layout.secret(hash),
  botId,
  keyId,
});

type Copied = Record<string, Value> & { version?: number };

interface Deps {
  table: Table;
  clock: Clock;
}

/** Puts the copy beside a secret that is to open the bot from now on. */
export const put = (table: Table, hash: string, key: Copied & { botId: string; keyId: string }) =>
  table.put({ ...of(key, hash), key, version: key.version ?? 0 });

/**
 * Changes a key whose secrets have these hashes.
 * @param act writes the key and counts its version up; a ProblemError says that it wrote nothing.
 */
export async function changing<K extends { version: number }>(
  { table, clock }: Deps,
  hashes: readonly string[],
  act: () => Promise<K>,
  toItem: (key: K) => Copied,
): Promise<K> {
  const set = { pendingAt: clock.now() };
  for (const hash of hashes) {
    await table.update(Layout.secret(hash), { add: { pending: 1 }, set }, exists("pk"));
  }
  let key: K;
  try {
    key = await act();
  } catch (error) {
    // Of any other failure nobody knows whether the key was written.
    if (error instanceof Problem.ProblemError) await release(table, hashes);
    throw error;
  }
  const { version } = key;
  for (const hash of hashes) {
    const newer = all(exists("pk"), any(absent("version"), below("version", version)));
    const copy = { set: { key: toItem(key), version }, add: { pending: -1 } };
    if (!(await table.update(Layout.secret(hash), copy, newer))) await release(table, [hash]);
  }
  return key;
}

async function release(table: Table, hashes: readonly string[]): Promise<void> {
  for (const hash of hashes) {
    await table.update(Layout.secret(hash), { add: { pending: -1 } }, exists("pk"));
  }
}

/** The copy in a secret's item, where it is sure to be what the key says. */
export function copyIn(secret: Item): Item | undefined {
  const { key, pending = 0 } = secret;
  const isCopy = typeof key === "object" && key !== null && !Array.isArray(key);
  if (!isCopy || pending !== 0) return undefined;
  const known = copies.get(secret);
  if (known) return known;
  // The key's own place in the table is of no consequence to its readers.
  const copy = { ...key, pk: secret.pk, sk: secret.sk };
  if (Object.isFrozen(secret)) copies.set(secret, Object.freeze(copy));
  return copy;
}

/** Of secrets that are kept, as they cannot change: each request of a key asks for its copy. */
const copies = new WeakMap<Item, Item>();

/** Nobody changes a key for so long. */
const abandonedMs = 900_000;

/** Writes the copy anew where whoever was changing the key broke off long ago, or there was none. */
export async function mend({ table, clock }: Deps, secret: Item, key: Copied): Promise<void> {
  const { pending = 0, pendingAt } = secret;
  const isAbandoned = typeof pendingAt === "number" && pendingAt < clock.now() - abandonedMs;
  if (pending !== 0 && !isAbandoned) return;
  await table.update(
    { pk: secret.pk, sk: secret.sk },
    { set: { key, version: key.version ?? 0, pending: 0 } },
    all(
      exists("pk"),
      typeof pendingAt === "number" ? equals("pendingAt", pendingAt) : absent("pendingAt"),
    ),
  );
}
