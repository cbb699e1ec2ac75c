import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { type Range, timesOf } from "~/page-parts/range/range.ts";

const route = api.admin;

import type { UsageBy } from "../group-name.tsx";
export type UsageReport = InferResponseType<typeof route.usage.$get, 200>;

export const useUsage = (range: () => Range, by: () => UsageBy) =>
  useQuery(() => ({
    queryKey: [...names.admin, "usage", by(), range()],
    queryFn: () => read(route.usage.$get({ query: { ...timesOf(range()), by: by() } })),
  }));
