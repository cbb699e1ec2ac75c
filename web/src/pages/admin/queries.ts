import { useInfiniteQuery, useQuery } from "@tanstack/solid-query";
import type { InferRequestType, InferResponseType } from "hono/client";
import { api, read } from "../../api/client.ts";
import { isInFlight, names } from "../../api/queries.ts";
import type { Range } from "../range/range.ts";
import { given, toQuery } from "./query.ts";

const route = api.admin;

type PublicationsQuery = InferRequestType<typeof route.publications.$get>["query"];
type AuditQuery = InferRequestType<typeof route.audit.$get>["query"];

export type Publications = InferResponseType<typeof route.publications.$get, 200>;
export type Publication = Publications["publications"][number];
export type Usage = InferResponseType<typeof route.usage.$get, 200>;
export type UsageGroup = Usage["groups"][number];
export type Costs = InferResponseType<typeof route.costs.$get, 200>;
export type CostGroup = Costs["groups"][number];
export type Patterns = InferResponseType<typeof route.patterns.$get, 200>;
export type ErrorCounts = InferResponseType<typeof route.errors.$get, 200>["errors"];
export type Idle = InferResponseType<typeof route.idle.$get, 200>["publications"][number];
export type Audit = InferResponseType<typeof route.audit.$get, 200>;
export type Entry = Audit["entries"][number];

export type UsageBy = Usage["by"];
export type CostBy = Costs["by"];
export type Per = Costs["series"]["per"];

/** A page's worth; more on demand. */
const limit = "25";

export const usePublications = (filters: () => PublicationsQuery) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.admin, "publications", filters()],
    queryFn: ({ pageParam }) =>
      read(
        route.publications.$get({
          query: { ...given(filters()), limit, ...given({ cursor: pageParam }) },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
    // What is on its way is followed; all others change by somebody's act, now and then.
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) =>
        page.publications.some(({ status }) => isInFlight(status)),
      )
        ? 1_500
        : 30_000,
  }));

export const useAudit = (filters: () => AuditQuery, range: () => Range) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.admin, "audit", filters(), range()],
    queryFn: ({ pageParam }) =>
      read(
        route.audit.$get({
          query: {
            ...given(filters()),
            ...toQuery(range()),
            limit,
            ...given({ cursor: pageParam }),
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
  }));

export const useUsage = (range: () => Range, by: () => UsageBy) =>
  useQuery(() => ({
    queryKey: [...names.admin, "usage", by(), range()],
    queryFn: () => read(route.usage.$get({ query: { ...toQuery(range()), by: by() } })),
  }));

export const useCosts = (range: () => Range, by: () => CostBy, per: () => Per) =>
  useQuery(() => ({
    queryKey: [...names.admin, "costs", by(), per(), range()],
    queryFn: () => read(route.costs.$get({ query: { ...toQuery(range()), by: by(), per: per() } })),
  }));

export const useIdle = (range: () => Range) =>
  useQuery(() => ({
    queryKey: [...names.admin, "idle", range()],
    queryFn: () => read(route.idle.$get({ query: toQuery(range()) })),
  }));

export const usePatterns = (range: () => Range, timeZone: () => string) =>
  useQuery(() => ({
    queryKey: [...names.admin, "patterns", timeZone(), range()],
    queryFn: () =>
      read(route.patterns.$get({ query: { ...toQuery(range()), timeZone: timeZone() } })),
  }));

export const useErrors = (range: () => Range) =>
  useQuery(() => ({
    queryKey: [...names.admin, "errors", range()],
    queryFn: () => read(route.errors.$get({ query: toQuery(range()) })),
  }));
