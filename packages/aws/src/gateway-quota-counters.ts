import {
  type APIGatewayClient,
  paginateGetUsage,
  paginateGetUsagePlanKeys,
} from "@aws-sdk/client-api-gateway";
import type { Clock, QuotaCounters } from "@outlet/core/ports";
import { reachStore } from "./store-error.ts";

const namePrefix = "outlet-key-";

/**
 * What keys have used of a usage plan's quota, by API Gateway's own count. It lags by minutes: for
 * showing and warning, never for refusing.
 */
export function createGatewayQuotaCounters(options: {
  apiGateway: APIGatewayClient;
  clock: Clock;
}): QuotaCounters {
  const { apiGateway: client, clock } = options;

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

  async function read(usagePlanId: string, startDate: string) {
    const endDate = new Date(clock.now()).toISOString().slice(0, 10);
    const keyIds = await keyIdsOf(usagePlanId);
    const counts = new Map<string, number>();
    const input = { usagePlanId, startDate, endDate };
    for await (const page of paginateGetUsage({ client, pageSize: 500 }, input)) {
      // Each day is a pair: used, remaining.
      for (const [id, days] of Object.entries(page.items ?? {})) {
        const keyId = keyIds.get(id);
        if (keyId === undefined) continue;
        const used = days.reduce((sum, [count = 0]) => sum + count, 0);
        counts.set(keyId, (counts.get(keyId) ?? 0) + used);
      }
    }
    return [...counts].map(([keyId, used]) => ({ keyId, used }));
  }

  return {
    used: (usagePlanId, fromDay) => reachStore("API Gateway", read(usagePlanId, fromDay)),
  };
}
