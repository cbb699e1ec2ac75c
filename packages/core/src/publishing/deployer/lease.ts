import { absent, any, below, equals } from "../../ports/index.ts";
import type { Deps } from "./act.ts";

/**
 * One look at a publication at a time. What is read under the lease is what is done to the stack: a
 * slower process cannot set a stack back to what its owner has changed since.
 * @returns `undefined`, with nothing done, where somebody else is at it.
 */
export async function alone<T>(
  deps: Deps,
  botId: string,
  look: () => Promise<T>,
): Promise<T | undefined> {
  const key = { pk: `BOT#${botId}`, sk: "DEPLOYER" };
  const holder = deps.ids.ulid();
  const now = deps.clock.now();
  const set = { holder, until: now + deps.policy.deployLeaseMs };
  const free = any(absent("until"), below("until", now + 1));
  if (!(await deps.table.update(key, { set }, free))) return undefined;
  try {
    return await look();
  } finally {
    await deps.table.remove(key, equals("holder", holder));
  }
}
