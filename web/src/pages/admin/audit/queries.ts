import { useInfiniteQuery } from "@tanstack/solid-query";
import type { InferRequestType, InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { given } from "~/api/query.ts";
import { type Range, timesOf } from "~/page-parts/range/range.ts";

const route = api.admin.audit;

export type AuditEntry = InferResponseType<typeof route.$get, 200>["entries"][number];

export type AuditFault = InferResponseType<typeof route.verify.$get, 200>["faults"][number];

/** A page's worth; more on demand. */
const limit = "25";

export const useAudit = (
  filters: () => InferRequestType<typeof route.$get>["query"],
  range: () => Range,
) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.admin, "audit", filters(), range()],
    queryFn: ({ pageParam }) =>
      read(
        route.$get({
          query: {
            ...given(filters()),
            ...timesOf(range()),
            limit,
            ...given({ cursor: pageParam }),
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
  }));
