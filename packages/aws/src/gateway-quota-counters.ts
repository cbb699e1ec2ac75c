import {
  type APIGatewayClient,
  paginateGetUsage,
  paginateGetUsagePlanKeys,
} from "@aws-sdk/client-api-gateway";
import type { Clock, KeyUse, QuotaCounters } from "@outlet/core/ports";
import { idsOf } from "./provisioner/stack-ids.ts";
import { keyPrefix } from "./published-stack/names.ts";
import { reachStore } from "./store-error.ts";

const dayMs = 86_400_000;

/**
 * API Gateway's own count lags by minutes, and its control plane answers ten calls a second for the
 * whole account, deployments included: who asks again so soon gets what the last one got.
 */
const keptMs = 60_000;
const keptMax = 200;

/** What keys have used of a usage plan's quota: for showing and warning, never for refusing. */
export function createGatewayQuotaCounters(options: {
  apiGateway: APIGatewayClient;
  clock: Clock;
  /** Of the app, part of the keys' names. */
  stage?: string;
}): QuotaCounters {
  const { apiGateway: client, clock } = options;
  const namePrefix = keyPrefix(options.stage);
  const known = new Map<string, { at: number; uses: KeyUse[] }>();

  async function keyIdsOf(usagePlanId: string): Promise<Map<string, string>> {
    const keyIds = new Map<string, string>();
    const pages = paginateGetUsagePlanKeys({ client, pageSize: 500 }, { usagePlanId });
    for await (const page of pages) {
      for (const { id, name } of page.items ?? []) {
        if (id && name?.startsWith(namePrefix)) keyIds.set(id, name.slice(namePrefix.length));
      }
    }
    return keyIds;
  }

  async function read(usagePlanId: string, days: { from: string; to: string }): Promise<KeyUse[]> {
    const keyIds = await keyIdsOf(usagePlanId);
    const uses: KeyUse[] = [];
    const input = { usagePlanId, startDate: days.from, endDate: days.to };
    for await (const page of paginateGetUsage({ client, pageSize: 500 }, input)) {
      // Each day from the first is a pair: used, remaining.
      for (const [id, pairs] of Object.entries(page.items ?? {})) {
        const keyId = keyIds.get(id);
        if (keyId === undefined) continue;
        for (const [i, [used = 0]] of pairs.entries()) {
          const day = new Date(Date.parse(days.from) + i * dayMs).toISOString().slice(0, 10);
          if (used > 0) uses.push({ keyId, day, used });
        }
      }
    }
    return uses;
  }

  return {
    async used(stack, days) {
      const { usagePlanId } = idsOf(stack);
      const name = `${usagePlanId} ${days.from} ${days.to}`;
      const last = known.get(name);
      if (last && clock.now() - last.at < keptMs) return last.uses;
      const uses = await reachStore("API Gateway", read(usagePlanId, days));
      if (known.size >= keptMax) known.clear();
      known.set(name, { at: clock.now(), uses });
      return uses;
    },
  };
}
