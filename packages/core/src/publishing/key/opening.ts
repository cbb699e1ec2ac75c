import {
  absent,
  all,
  any,
  below,
  type Clock,
  equals,
  exists,
  getMany,
  type Item,
  type Key as TableKey,
  type Table,
} from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { type Info, shape } from "./info.ts";
import * as Pass from "./pass.ts";
import { type Peppered, peppersOf } from "./peppers.ts";
import * as Secret from "./secret.ts";

interface Deps {
  table: Table;
  clock: Clock;
}

/**
 * The key that a presented secret opens this bot with, or `undefined`: unknown, of another bot,
 * disabled and expired are not told apart.
 * @param beside keys of items that are read in the same call, in `others`; none where the secret is
 *   no secret at all.
 */
export async function authenticate(
  deps: Deps & Peppered,
  botId: string,
  presented: string,
  beside: readonly TableKey[] = [],
): Promise<{ key: Opened | undefined; others: (Item | undefined)[] }> {
  if (!Secret.isWellFormed(presented)) return { key: undefined, others: [] };
  // Under the pepper of now, or one of before.
  const hashes = peppersOf(deps).map((pepper) => Secret.hash(presented, pepper));
  const items = await getMany(deps.table, [...hashes.map(Layout.secret), ...beside]);
  const others = items.slice(hashes.length);
  const rank = items.slice(0, hashes.length).findIndex((item) => item !== undefined);
  const [hash = "", secret] = [hashes[rank], items[rank]];
  const key = secret?.botId === botId ? await keyOf(deps, botId, secret) : undefined;
  if (!secret || !key || !isLive(key, hash, deps.clock.now())) return { key: undefined, others };
  return { key: { ...key, usedAt: Number(secret.usedAt ?? 0), hash }, others };
}

/** A key that a secret has opened a bot with. */
interface Opened extends Info {
  hash: string;
  /** When it did so before, to the minute; 0 where that is not known. */
  usedAt: number;
}

async function keyOf(deps: Deps, botId: string, secret: Item): Promise<Info | undefined> {
  const copy = Pass.copyIn(secret);
  if (copy) return shape.read(deps.table, copy);
  const { keyId } = secret;
  if (typeof keyId !== "string") return undefined;
  const [item] = await getMany(deps.table, [Layout.key(botId, keyId)]);
  if (!item) return undefined;
  const key = shape.read(deps.table, item);
  await Pass.mend(deps, secret, shape.check(key));
  return key;
}

function isLive(key: Info, hash: string, now: number): boolean {
  const rank = key.secretHashes.indexOf(hash);
  const inGrace = rank > 0 && key.graceEndsAt !== null && key.graceEndsAt > now;
  const live = key.enabled && (rank === 0 || inGrace);
  return live && (key.validUntil === null || key.validUntil > now);
}

/** Notes that a key was used, to the minute: not a write for every request. */
export async function touch(deps: Deps, key: Opened): Promise<void> {
  const now = deps.clock.now();
  const minuteAgo = now - 60_000;
  if (key.usedAt > minuteAgo) return;
  const isMine = await deps.table.update(
    Layout.secret(key.hash),
    { set: { usedAt: now } },
    all(exists("pk"), any(absent("usedAt"), below("usedAt", minuteAgo))),
  );
  if (!isMine) return;
  await deps.table.update(
    Layout.key(key.botId, key.keyId),
    { set: { lastUsedAt: now } },
    all(exists("pk"), any(equals("lastUsedAt", null), below("lastUsedAt", now))),
  );
}
