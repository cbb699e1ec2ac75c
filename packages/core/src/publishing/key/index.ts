/**
 * Keys of a published bot. A key belongs to a client, whose conversations only it can read; its
 * secret is shown once and stored only as a keyed hash.
 */
export * as Key from "./index.ts";

import * as v from "valibot";
import type { Id } from "../../foundation/id/index.ts";
import {
  absent,
  type Clock,
  exists,
  first,
  type GatewayKey,
  type Randomness,
  type Table,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import { type Info, Label, shape } from "./info.ts";
import { findFormer, Former, listFormer, noteFormer } from "./former.ts";
import { limitEntries, limitsOrNone } from "./limits.ts";
import * as Pass from "./pass.ts";
import { type Peppered, pepperId, pepperOf } from "./peppers.ts";
import * as Secret from "./secret.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Text from "../../foundation/text/index.ts";
import * as Time from "../../foundation/time/index.ts";

export { Info, Label } from "./info.ts";
export { forgetFormer } from "./former.ts";
export { authenticate, touch } from "./opening.ts";
export { type Peppered, readPeppers } from "./peppers.ts";
export { admits, requireBelow, type Scope } from "./limits.ts";
export { type OwnLimits, takeQuota, takeRate, usedOfQuota } from "./use.ts";
export { createProcessWaiters, createTableWaiters, type Leave, type Waiters } from "./waiters.ts";
export { type Lifetime, lifetimeOf } from "./lifetime.ts";

/** An RFC 3339 time or epoch milliseconds, in the future when it is used. */
const ExpiresAt = v.nullable(Time.Timestamp());

export const Create = v.strictObject({
  label: Label,
  /** Absent: as the installation has it. */
  expiresAt: v.optional(ExpiresAt),
  ...limitsOrNone,
});

export const Edit = v.strictObject({
  label: v.optional(Label),
  enabled: v.optional(v.boolean()),
  expiresAt: v.optional(ExpiresAt),
  ...v.partial(v.object(limitEntries)).entries,
});

export const Rotate = v.strictObject({
  /** How long the old secret goes on working beside the new one. 0 ends it at once. */
  graceSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30 * 86_400)),
    86_400,
  ),
});

interface Deps extends Peppered {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  randomness: Randomness;
}

/** A key and, this once, its secret. Not usable before {@link activate}. */
export interface Created {
  key: Info;
  value: string;
}

/**
 * Writes a new key whose secret does not open anything yet. The caller puts it into the gateway's
 * usage plan and then activates it: a crash in between leaves a key that never worked, not one that
 * works uncounted.
 */
export async function create(
  deps: Deps,
  botId: string,
  input: Pick<v.InferOutput<typeof Create>, "label"> &
    Partial<v.InferOutput<typeof Create>> & {
      createdBy: string;
      purpose?: Info["purpose"];
      keyId?: string;
    },
): Promise<Created> {
  const value = Secret.generate(deps.randomness);
  const key: Info = {
    keyId: input.keyId ?? deps.ids.ulid(),
    botId,
    clientId: deps.ids.ulid(),
    label: input.label,
    purpose: input.purpose ?? "client",
    last4: value.slice(-4),
    enabled: true,
    createdAt: deps.clock.now(),
    createdBy: input.createdBy,
    validUntil: future(deps.clock, input.expiresAt ?? null),
    lastUsedAt: null,
    secretHashes: [Secret.hash(value, deps.pepper)],
    pepper: pepperId(deps.pepper),
    graceEndsAt: null,
    ...v.parse(v.object(limitsOrNone), input),
    version: 0,
  };
  if (
    !(await deps.table.put({ ...shape.check(key), ...Layout.key(botId, key.keyId) }, absent("pk")))
  ) {
    throw new Problem.ProblemError("conflict", "A key of that id exists already.");
  }
  return { key, value };
}

/** Lets a key's secrets open the bot's endpoint. */
export async function activate(table: Table, key: Info): Promise<void> {
  for (const hash of key.secretHashes) await Pass.put(table, hash, shape.check(key));
}

export async function fromId(table: Table, botId: string, keyId: string): Promise<Info> {
  const key = await find(table, botId, keyId);
  if (!key) throw notFound(keyId);
  return key;
}

/** The same where it may be gone. */
export async function find(table: Table, botId: string, keyId: string): Promise<Info | undefined> {
  return shape.find(table, Layout.key(botId, keyId));
}

/**
 * The client that a key is of, or was while the key was there.
 * @throws ProblemError `not_found` where nothing is known of the key.
 */
export async function clientOf(table: Table, botId: string, keyId: string): Promise<string> {
  const { clientId } =
    (await find(table, botId, keyId)) ?? (await findFormer(table, botId, keyId)) ?? {};
  if (!clientId) throw notFound(keyId);
  return clientId;
}

export interface Listing {
  keys: Info[];
  cursor: string | null;
}

/** Keys of one bot, oldest first. Probes are left out. */
export async function list(
  table: Table,
  botId: string,
  options: { limit: number; cursor?: string | undefined },
): Promise<Listing> {
  const page = await table.query({ ...rangeOf(botId), ...options });
  return {
    keys: shape.readAll(table, page.items).filter((k) => k.purpose === "client"),
    cursor: page.cursor ?? null,
  };
}

/** Every key of one bot, probes too. */
export function listAll(table: Table, botId: string): Promise<Info[]> {
  return Paging.all(table, rangeOf(botId), shape.readAll);
}

/** What the ledger has the owner's tests under: no key is called so. */
export const testKeyId = "test";

/** What a bot's keys are called, by id. Keys that are gone are not among them. */
export const labelsOf = async (table: Table, botId: string): Promise<Map<string, string>> =>
  new Map([
    [testKeyId, "Playground"],
    ...(await listAll(table, botId))
      .filter(({ purpose }) => purpose === "client")
      .map(({ keyId, label }): [string, string] => [keyId, label]),
  ]);

/** A disabled key stops working at the next request; what it has used stays counted. */
export async function update(
  deps: Deps,
  botId: string,
  keyId: string,
  input: v.InferOutput<typeof Edit>,
): Promise<Info> {
  const { expiresAt, ...rest } = input;
  const set = shape.checkPart({
    ...rest,
    ...(expiresAt === undefined ? {} : { validUntil: future(deps.clock, expiresAt) }),
  });
  if (Object.keys(set).length === 0) return fromId(deps.table, botId, keyId);
  const { secretHashes } = await fromId(deps.table, botId, keyId);
  const write = async () => {
    const change = { set, add: { version: 1 } };
    const item = await deps.table.update(Layout.key(botId, keyId), change, exists("pk"));
    if (!item) throw notFound(keyId);
    return shape.read(deps.table, item);
  };
  return Pass.changing(deps, secretHashes, write, shape.check);
}

/**
 * Gives a key a new secret; client, conversations and counters stay. The old one goes on for the
 * grace asked for, and one that was in its grace already ends now: never more than two are live.
 *
 * The new secret's own item comes first and opens nothing until the key names its hash, so a crash
 * in between leaves the old secret working and a row that leads nowhere.
 * @throws ProblemError `conflict` where another rotation came between.
 */
export async function rotate(
  deps: Deps,
  botId: string,
  keyId: string,
  input: v.InferOutput<typeof Rotate>,
): Promise<Created> {
  const key = await fromId(deps.table, botId, keyId);
  const value = Secret.generate(deps.randomness);
  const hash = Secret.hash(value, deps.pepper);
  const [current] = key.secretHashes;
  const keep = current !== undefined && input.graceSeconds > 0 ? [current] : [];
  await deps.table.put(Pass.of(key, hash));
  const write = async () => {
    const item = await deps.table.update(
      Layout.key(botId, keyId),
      {
        set: {
          secretHashes: [hash, ...keep],
          graceEndsAt: keep.length > 0 ? deps.clock.now() + input.graceSeconds * 1_000 : null,
          last4: value.slice(-4),
        },
        add: { version: 1 },
      },
      current === undefined ? absent("secretHashes") : first("secretHashes", current),
    );
    if (item) return shape.read(deps.table, item);
    await deps.table.remove(Layout.secret(hash));
    const message = "The key changed meanwhile. Read it again, then rotate.";
    throw new Problem.ProblemError("conflict", message);
  };
  const hashes = [hash, ...key.secretHashes];
  const rotated = await Pass.changing(deps, hashes, write, shape.check);
  for (const old of key.secretHashes) {
    if (!keep.includes(old)) await deps.table.remove(Layout.secret(old));
  }
  return { key: rotated, value };
}

export const Revoke = v.strictObject({
  /** Which; all of the bot's where absent. */
  keyIds: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(40))),
      v.minLength(1),
      v.maxLength(100),
    ),
  ),
});

/** Ends a key's secrets at once. Its item stays until {@link remove}. */
export async function revoke(table: Table, key: Info): Promise<void> {
  for (const hash of key.secretHashes) await table.remove(Layout.secret(hash));
}

/** Its name is kept for as long as there may be requests that it brought. */
export async function remove(deps: Pick<Deps, "table" | "clock">, key: Info): Promise<void> {
  await noteFormer(deps, key.botId, key);
  await deps.table.remove(Layout.key(key.botId, key.keyId));
}

/** What keys are and were called, by id; probes are among them. */
export async function namesOf(
  table: Table,
  botId: string,
): Promise<Map<string, Former & { isGone: boolean }>> {
  const [former, present] = await Promise.all([listFormer(table, botId), listAll(table, botId)]);
  const names = new Map<string, Former & { isGone: boolean }>();
  for (const key of former) names.set(key.keyId, { ...key, isGone: true });
  for (const key of present) names.set(key.keyId, { ...v.parse(Former, key), isGone: false });
  return names;
}

export const gatewayKey = (deps: Peppered, key: Info): GatewayKey => ({
  keyId: key.keyId,
  value: Secret.gatewayValue(key.keyId, pepperOf(deps, key.pepper)),
});

const notFound = (keyId: string) =>
  new Problem.ProblemError("not_found", `This bot has no key ${Text.cut(keyId, 40)}.`);

function future(clock: Clock, expiresAt: string | null): number | null {
  if (expiresAt === null) return null;
  const at = Date.parse(expiresAt);
  if (at > clock.now()) return at;
  throw new Problem.ProblemError("invalid_request", {
    message: "expiresAt must be a time in the future.",
    param: "expiresAt",
  });
}

const rangeOf = (botId: string) => ({
  pk: Layout.botPartition(botId),
  skPrefix: Layout.keyPrefix,
});
