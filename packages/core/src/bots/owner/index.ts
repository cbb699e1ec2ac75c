/**
 * People who own bots, or did: what they are called, and a list of them. Bots and publications know
 * their owner by an id that says nothing to a person.
 */
export * as Owner from "./index.ts";

import * as v from "valibot";
import type { Caller } from "../../foundation/caller/index.ts";
import { absent, differs, type Item, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";

export const Info = v.object({
  ownerId: v.string(),
  /** As the sign-in service called them when they last made a bot. */
  username: v.string(),
});
export type Info = v.InferOutput<typeof Info>;
const shape = Shape.of("owner", Info);

/** Before somebody's bot is made: an owner in the list may have no bot, no bot lacks its owner. */
export async function note(
  table: Table,
  { userId, username }: Pick<Caller.Info, "userId" | "username">,
): Promise<void> {
  const key = Layout.owner(userId);
  const known = await table.get(key);
  if (known?.username === username) return;
  const owner: Item = {
    ...key,
    ...Layout.inListing(Layout.listing.owners, userId),
    ...shape.check({ ownerId: userId, username }),
  };
  await table.put(owner, known ? differs("username", username) : absent("pk"));
}

/** What these owners are called, as far as that is known. */
export async function namesOf(
  table: Table,
  ownerIds: Iterable<string>,
): Promise<Map<string, string>> {
  const items = await Promise.all([...new Set(ownerIds)].map((id) => table.get(Layout.owner(id))));
  const owners = shape.readAll(
    table,
    items.filter((item) => item !== undefined),
  );
  return new Map(owners.map(({ ownerId, username }) => [ownerId, username]));
}

/** Owners by their ids, beginning with `fromId`. */
export async function list(
  table: Table,
  { fromId, limit }: { fromId?: string | undefined; limit: number },
): Promise<Info[]> {
  const page = await table.query({
    index: "listing",
    pk: Layout.listing.owners,
    ...(fromId === undefined ? {} : { skFrom: fromId }),
    limit,
  });
  return shape.readAll(table, page.items);
}
