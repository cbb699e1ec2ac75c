/**
 * Keys together with the gateway's own: what a key opens and what the gateway counts by are made
 * and ended in an order in which a crash leaves nothing that works uncounted.
 */
export * as Keyring from "./index.ts";

import * as Key from "../key/index.ts";
import type { Provisioner, StackHandle } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import type { Publication } from "../publication/index.ts";

type Deps = Parameters<typeof Key.create>[0] & { provisioner: Provisioner };

type Ending = Pick<Deps, "table" | "provisioner" | "clock"> & Key.Peppered;

type Place = Pick<Publication.Info, "botId" | "stackName">;

/** A new key, in the usage plan and working. Its value cannot be had again. */
export async function issue(
  deps: Deps,
  publication: Place,
  input: Parameters<typeof Key.create>[2],
): Promise<Key.Created> {
  const stack = await stackOf(deps, publication);
  if (!stack) {
    throw new Problem.ProblemError(
      "not_published",
      "The endpoint is not there to open. Try again.",
    );
  }
  const created = await Key.create(deps, publication.botId, input);
  await deps.provisioner.putKey(stack, Key.gatewayKey(deps, created.key));
  await Key.activate(deps.table, created.key);
  return created;
}

/** Ends one key: its secrets at once, then the gateway's, then its item. */
export async function withdraw(deps: Ending, publication: Place, keyId: string): Promise<void> {
  const key = await Key.fromId(deps.table, publication.botId, keyId);
  await end(deps, key, await stackOf(deps, publication));
}

/** Ends every key of a publication, or those that `which` picks. */
export async function withdrawAll(
  deps: Ending,
  publication: Place,
  which: (key: Key.Info) => boolean = () => true,
): Promise<void> {
  const keys = (await Key.listAll(deps.table, publication.botId)).filter(which);
  if (keys.length === 0) return;
  const stack = await stackOf(deps, publication);
  for (const key of keys) await end(deps, key, stack);
}

/**
 * Ends keys of clients: first every secret, so that none of them opens anything from the next request
 * on, then what the gateway knows of them.
 * @param keyIds all of the bot's where absent.
 * @returns ids of those that were there.
 */
export async function revoke(
  deps: Ending,
  publication: Place,
  keyIds?: readonly string[],
): Promise<string[]> {
  const keys = (await Key.listAll(deps.table, publication.botId)).filter(
    ({ keyId, purpose }) => purpose === "client" && (keyIds?.includes(keyId) ?? true),
  );
  for (const key of keys) await Key.revoke(deps.table, key);
  const stack = keys.length > 0 ? await stackOf(deps, publication) : undefined;
  for (const key of keys) await end(deps, key, stack);
  return keys.map(({ keyId }) => keyId);
}

async function end(deps: Ending, key: Key.Info, stack: StackHandle | undefined): Promise<void> {
  await Key.revoke(deps.table, key);
  if (stack) await deps.provisioner.removeKey(stack, Key.gatewayKey(deps, key));
  await Key.remove(deps, key);
}

const stackOf = async (
  deps: Pick<Deps, "provisioner">,
  publication: Place,
): Promise<StackHandle | undefined> =>
  (await deps.provisioner.status(publication.stackName)).outputs?.stack;
