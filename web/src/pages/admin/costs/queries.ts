import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { type Range, timesOf } from "~/page-parts/range/range.ts";

const route = api.admin;

export type CostReport = InferResponseType<typeof route.costs.$get, 200>;
export type CostBy = CostReport["by"];
export type IdleApi = InferResponseType<typeof route.idle.$get, 200>["publications"][number];

export const useCosts = (
  range: () => Range,
  by: () => CostBy,
  per: () => CostReport["series"]["per"],
) =>
  useQuery(() => ({
    queryKey: [...names.admin, "costs", by(), per(), range()],
    queryFn: () => read(route.costs.$get({ query: { ...timesOf(range()), by: by(), per: per() } })),
  }));

export const useIdle = (range: () => Range) =>
  useQuery(() => ({
    queryKey: [...names.admin, "idle", range()],
    queryFn: () => read(route.idle.$get({ query: timesOf(range()) })),
  }));
