/**
 * What the gateway's account has room for: nobody is let into an act of publishing that it would
 * refuse in the middle.
 */
export * as Ceiling from "./index.ts";

import { Problem } from "../../foundation/problem/index.ts";
import type { Ceiling as Info, Provisioner } from "../../ports/index.ts";

export interface Deps {
  /** Those that know of no ceiling have none. */
  provisioner?: Pick<Provisioner, "ceilings">;
}

/** What each published bot takes one of. */
const ofABot = ["apis", "usagePlans"] as const;

const words: Record<Info["name"], string> = {
  apis: "REST APIs",
  usagePlans: "usage plans",
  keys: "API keys",
};

/**
 * @param waiting publications that were let in and have not taken their part yet.
 * @throws ProblemError `no_room`, StoreUnavailable
 */
export async function requireRoom({ provisioner }: Deps, waiting: number): Promise<void> {
  const ceilings = (await provisioner?.ceilings?.(ofABot, 0)) ?? [];
  const full = ceilings.find(({ used, max }) => used + waiting >= max);
  if (!full) return;
  const next = full.isRaisable
    ? "Ask an administrator to raise that quota, or to unpublish bots that nobody uses."
    : "It cannot be raised: ask an administrator to unpublish bots that nobody uses.";
  throw new Problem.ProblemError(
    "no_room",
    `This account has ${full.max} ${words[full.name]} in its Region, and all are taken. ${next}`,
  );
}

/** All of them, for the administrator. */
export const list = async ({ provisioner }: Deps): Promise<Info[]> =>
  (await provisioner?.ceilings?.([...ofABot, "keys"], 60_000)) ?? [];
