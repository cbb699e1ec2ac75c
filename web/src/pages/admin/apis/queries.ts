import { useInfiniteQuery } from "@tanstack/solid-query";
import type { InferRequestType, InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { given } from "~/api/query.ts";
import { isInFlight } from "~/page-parts/status/status.ts";

const route = api.admin.publications;

export type PublicationPage = InferResponseType<typeof route.$get, 200>;
export type Publication = PublicationPage["publications"][number];

/** A page's worth; more on demand. */
const limit = "25";

export const usePublications = (filters: () => InferRequestType<typeof route.$get>["query"]) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.admin, "publications", filters()],
    queryFn: ({ pageParam }) =>
      read(
        route.$get({
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
