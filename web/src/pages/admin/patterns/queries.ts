import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { type Range, timesOf } from "~/page-parts/range/range.ts";

const route = api.admin;

export type PatternReport = InferResponseType<typeof route.patterns.$get, 200>;
export type ErrorCounts = InferResponseType<typeof route.errors.$get, 200>["errors"];

export const usePatterns = (range: () => Range, timeZone: () => string) =>
  useQuery(() => ({
    queryKey: [...names.admin, "patterns", timeZone(), range()],
    queryFn: () =>
      read(route.patterns.$get({ query: { ...timesOf(range()), timeZone: timeZone() } })),
  }));

export const useErrors = (range: () => Range) =>
  useQuery(() => ({
    queryKey: [...names.admin, "errors", range()],
    queryFn: () => read(route.errors.$get({ query: timesOf(range()) })),
  }));
