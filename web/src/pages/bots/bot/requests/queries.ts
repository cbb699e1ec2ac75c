import { useInfiniteQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { type Last, type Range, timesOf } from "~/page-parts/range/range.ts";
import { isOpen, type RunStatus } from "~/page-parts/status/status.ts";

const route = api.bots[":botId"].publication.runs;

export type Run = InferResponseType<typeof route.$get, 200>["runs"][number];

interface Filters {
  status: RunStatus | undefined;
  keyId: string;
  range: Range;
}

/** Requests are kept no longer. */
export const whole: Last = "90d";

/** As the API takes them. */
export function filterQuery({ status, keyId, range }: Filters) {
  const isWhole = "last" in range && range.last === whole;
  return {
    ...(status ? { status } : {}),
    ...(keyId ? { keyId } : {}),
    ...(isWhole ? {} : timesOf(range)),
  };
}

export const whileOpenMs = 700;
/** Quick while something is under way; else now and then, as clients may call at any time. */
const intervalMs = (runs: Pick<Run, "status">[]) =>
  runs.some(({ status }) => isOpen(status)) ? whileOpenMs : 4_000;

export const useRuns = (botId: () => string, filters: () => Filters, enabled: () => boolean) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.runs(botId()), filters()],
    queryFn: ({ pageParam }) =>
      read(
        route.$get({
          param: { botId: botId() },
          query: {
            limit: "30",
            ...(pageParam ? { cursor: pageParam } : {}),
            ...filterQuery(filters()),
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
    enabled: enabled(),
    refetchInterval: (query) =>
      intervalMs(query.state.data?.pages.flatMap((page) => page.runs) ?? []),
  }));

const arrivals = api.bots[":botId"].publication.requests;

export type Arrival = InferResponseType<typeof arrivals.$get, 200>["requests"][number];

/** Names of API Gateway's for refusals of its own that are told in words. */
export type Refusal =
  | "WAF_FILTERED"
  | "MISSING_AUTHENTICATION_TOKEN"
  | "ACCESS_DENIED"
  | "UNAUTHORIZED"
  | "INVALID_API_KEY"
  | "THROTTLED"
  | "QUOTA_EXCEEDED"
  | "REQUEST_TOO_LARGE"
  | "AUTHORIZER_FAILURE"
  | "AUTHORIZER_CONFIGURATION_ERROR"
  | "INTEGRATION_FAILURE"
  | "INTEGRATION_TIMEOUT";

interface ArrivalFilters {
  text: string;
  status: string;
  keyId: string;
  range: Range;
}

/** As the gateway names requests: found wherever in the log it is. */
const wholeId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function arrivalQuery({ text, status, keyId, range }: ArrivalFilters) {
  const isWhole = "last" in range && range.last === whole;
  return {
    ...(text && (wholeId.test(text) ? { requestId: text.toLowerCase() } : { text })),
    ...(status ? { status } : {}),
    ...(keyId ? { keyId } : {}),
    ...(isWhole ? {} : timesOf(range)),
  };
}

/** What comes is seen soon, without being asked for; on AWS the log itself is some seconds late. */
const liveMs = 2_000;

export const useArrivals = (botId: () => string, filters: () => ArrivalFilters) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.runs(botId()), "requests", filters()],
    queryFn: ({ pageParam }) =>
      read(
        arrivals.$get({
          param: { botId: botId() },
          query: {
            limit: "30",
            ...(pageParam ? { cursor: pageParam } : {}),
            ...arrivalQuery(filters()),
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
    // Further pages are looked at, not followed: reading them again and again would cost. Where the
    // first one could not be had, somebody decides.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? liveMs : false),
  }));
