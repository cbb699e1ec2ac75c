import { useInfiniteQuery, useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { api, read } from "../../../../api/client.ts";
import { names } from "../../../../api/queries.ts";
import { type Last, type Range, timesOf } from "../../../range/range.ts";

const route = api.bots[":botId"].publication.runs;

export type Runs = InferResponseType<typeof route.$get, 200>;
export type Run = Runs["runs"][number];
export type RunDetail = InferResponseType<(typeof route)[":runId"]["$get"], 200>;

export interface Filters {
  status: string;
  keyId: string;
  range: Range;
}

/** Requests are kept no longer. */
export const whole: Last = "90d";

/** As the API takes them. */
export function filterQuery({ status, keyId, range }: Filters) {
  const isWhole = "last" in range && range.last === whole;
  return {
    ...(status ? { status: status as Run["status"] } : {}),
    ...(keyId ? { keyId } : {}),
    ...(isWhole ? {} : timesOf(range)),
  };
}

const isOpen = (run: Pick<Run, "status">) =>
  run.status === "queued" || run.status === "in_progress";

/** Quick while something is under way; else now and then, as clients may call at any time. */
const intervalMs = (runs: Pick<Run, "status">[]) => (runs.some(isOpen) ? 700 : 4_000);

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

export const useRun = (botId: () => string, runId: () => string) =>
  useQuery(() => ({
    queryKey: [...names.runs(botId()), runId()],
    queryFn: () => read(route[":runId"].$get({ param: { botId: botId(), runId: runId() } })),
    refetchInterval: (query) => {
      const run = query.state.data;
      return run && isOpen(run) ? 700 : false;
    },
  }));
