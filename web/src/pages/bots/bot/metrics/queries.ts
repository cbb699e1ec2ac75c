import { keepPreviousData, useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { boundsOf, type Range, timesOf } from "~/page-parts/range/range.ts";

const route = api.bots[":botId"].publication;

export type Metrics = InferResponseType<typeof route.metrics.$get, 200>;
export type MetricsPoint = Metrics["totals"];
export type UsageReport = InferResponseType<typeof route.usage.$get, 200>;
export type UsageSum = UsageReport["total"];
export type KeyRequests = InferResponseType<typeof route.keys.requests.$get, 200>;
export type By = "key" | "model" | "hour" | "day";

/** Of what the page tells. */
export interface Scope {
  range: Range;
  /** Empty: all keys. */
  keyId: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** In the tab that is looked at only: the query client asks nothing in the background. */
const everyMs = 15_000;
const live = (range: Range) => ("last" in range || range.to > Date.now() ? everyMs : false);

/** By the hour for as long as that can be read; days are UTC's. */
export function stepOf(range: Range): "hour" | "day" {
  const { from, to } = boundsOf(range, Date.now());
  return to - from <= 8 * dayMs ? "hour" : "day";
}

export const stepMs = { hour: hourMs, day: dayMs };

export const useMetrics = (botId: () => string, range: () => Range) =>
  useQuery(() => ({
    queryKey: [...names.metrics(botId()), range()],
    queryFn: () => read(route.metrics.$get({ param: { botId: botId() }, query: timesOf(range()) })),
    refetchInterval: live(range()),
    // What is on the screen stays there until what is new has come.
    placeholderData: keepPreviousData,
  }));

export const useUsage = (botId: () => string, scope: () => Scope, by: () => By) =>
  useQuery(() => ({
    queryKey: [...names.usage(botId()), scope(), by()],
    queryFn: () =>
      read(
        route.usage.$get({
          param: { botId: botId() },
          query: {
            ...timesOf(scope().range),
            by: by(),
            ...(scope().keyId ? { keyId: scope().keyId } : {}),
          },
        }),
      ),
    refetchInterval: live(scope().range),
    placeholderData: keepPreviousData,
  }));

/** What the gateway let through of each key; it is kept for 90 days. */
export const useKeyRequests = (botId: () => string, range: () => Range, enabled: () => boolean) =>
  useQuery(() => ({
    queryKey: [...names.keyRequests(botId()), range()],
    queryFn: () =>
      read(route.keys.requests.$get({ param: { botId: botId() }, query: timesOf(range()) })),
    enabled: enabled(),
    refetchInterval: live(range()),
    placeholderData: keepPreviousData,
  }));
