import { absent, any, below, type Clock, type Table } from "@outlet/core/ports";
import * as Layout from "@outlet/core/store/layout";

/** What is done to a stack, each with its own cost at the gateway's control plane. */
export type Act = "create" | "update" | "remove";

/**
 * Seconds after one act before the next one may start, in one account and Region. API Gateway takes
 * CreateDeployment once in 5 s, UpdateUsagePlan once in 20 s and DeleteRestApi once in 30 s
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html), none of which can be
 * raised, and CloudFormation fails a stack that runs into them. Removing detaches the usage plan
 * first, which is an UpdateUsagePlan too.
 */
export const gapSeconds: Readonly<Record<Act, number>> = { create: 6, update: 21, remove: 31 };

export interface Pace {
  /** Whether the act may start now. If not, ask again later: nothing is reserved. */
  take(act: Act): Promise<boolean>;
}

/**
 * One act at a time for everybody who shares the table; other stages of the account have a table of
 * their own (`account-acts.ts`).
 */
export function createPace({
  table,
  clock,
  cell,
}: {
  table: Table;
  clock: Clock;
  cell: string;
}): Pace {
  const key = Layout.pace(cell);
  return {
    async take(act) {
      const now = clock.now();
      const free = any(absent("freeAt"), below("freeAt", now + 1));
      const change = { set: { freeAt: now + gapSeconds[act] * 1000, act } };
      return (await table.update(key, change, free)) !== undefined;
    },
  };
}

/** For emulators, whose control planes have no limits. */
export const unpaced: Pace = { take: async () => true };
