/**
 * What the gateway's account has room for: nobody is let into an act of publishing that it would
 * refuse in the middle.
 */
export * as Ceiling from "./index.ts";

import * as Problem from "../../foundation/problem/index.ts";
import type { Ceiling as Info, Provisioner } from "../../ports/index.ts";

export interface Deps {
  /** Those that know of no ceiling have none. */
  provisioner?: Pick<Provisioner, "ceilings"> | undefined;
}

/** What each published bot takes one of; and a key, while it is probed. */
const ofABot = ["apis", "usagePlans"] as const;
/** Keys are counted by pages of 500: not for every key that is made. */
const keysMaxAgeMs = 60_000;

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
  refuseFull(ceilings, waiting);
  await requireRoomForKey({ provisioner });
}

/**
 * Whether the gateway takes another key. A key that is made in between by somebody else may still
 * meet the gateway's own refusal.
 * @throws ProblemError `no_room`, StoreUnavailable
 */
export async function requireRoomForKey({ provisioner }: Deps): Promise<void> {
  refuseFull((await provisioner?.ceilings?.(["keys"], keysMaxAgeMs)) ?? [], 0);
}

function refuseFull(ceilings: readonly Info[], waiting: number): void {
  const full = ceilings.find(({ used, max }) => used + waiting >= max);
  if (!full) return;
  const next = full.isRaisable
    ? "Ask an administrator to raise that quota, or to unpublish bots that nobody uses."
    : "It cannot be raised: delete keys and unpublish bots that nobody uses, or ask an administrator to.";
  throw new Problem.ProblemError(
    "no_room",
    `This account has ${full.max} ${words[full.name]} in its Region, and all are taken. ${next}`,
  );
}

/** All of them, for the administrator. */
export const list = async ({ provisioner }: Deps): Promise<Info[]> =>
  (await provisioner?.ceilings?.([...ofABot, "keys"], 60_000)) ?? [];
