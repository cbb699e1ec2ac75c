import { useInfiniteQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "./cache-names.ts";
import { api, read } from "./client.ts";

export type Bot = InferResponseType<(typeof api.bots)[":botId"]["$get"], 200>;

/** Of whom: one's own and the shared ones, or for administrators those of anyone. */
export const useBots = (of: () => "all" | "anyone") =>
  useInfiniteQuery(() => ({
    queryKey: [...names.bots, of()],
    queryFn: ({ pageParam }) =>
      read(
        api.bots.$get({
          query: { of: of(), limit: "50", ...(pageParam ? { cursor: pageParam } : {}) },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
  }));
