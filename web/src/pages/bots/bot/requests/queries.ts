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
