import {
  type APIGatewayClient,
  paginateGetApiKeys,
  paginateGetRestApis,
  paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import type { Ceiling, Clock } from "@outlet/core/ports";
import { reachStore } from "../store-error.ts";

/** @returns how much is used of what the account and Region may hold, whoever made it. */
export type Ceilings = (names: readonly Ceiling["name"][], maxAgeMs: number) => Promise<Ceiling[]>;

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 * @param usagePlansMax the account's quota, the only one of these that AWS raises.
 */
export function createGatewayCeilings(
  client: APIGatewayClient,
  clock: Clock,
  usagePlansMax: number,
): Ceilings {
  const known = new Map<Ceiling["name"], { at: number; used: number }>();
  const pages = {
    apis: () => paginateGetRestApis({ client, pageSize: 500 }, {}),
    usagePlans: () => paginateGetUsagePlans({ client, pageSize: 500 }, {}),
    keys: () => paginateGetApiKeys({ client, pageSize: 500 }, {}),
  };
  const limits: Record<Ceiling["name"], Pick<Ceiling, "max" | "isRaisable">> = {
    apis: { max: 600, isRaisable: false },
    usagePlans: { max: usagePlansMax, isRaisable: true },
    keys: { max: 10_000, isRaisable: false },
  };

  async function used(name: Ceiling["name"], maxAgeMs: number): Promise<number> {
    const last = known.get(name);
    if (last && clock.now() - last.at < maxAgeMs) return last.used;
    const counted = await reachStore("API Gateway", count(pages[name]()));
    known.set(name, { at: clock.now(), used: counted });
    return counted;
  }

  return async (names, maxAgeMs) => {
    const ceilings: Ceiling[] = [];
    for (const name of names) {
      ceilings.push({ name, used: await used(name, maxAgeMs), ...limits[name] });
    }
    return ceilings;
  };
}

async function count(pages: AsyncIterable<{ items?: unknown[] | undefined }>): Promise<number> {
  let total = 0;
  for await (const { items = [] } of pages) total += items.length;
  return total;
}
