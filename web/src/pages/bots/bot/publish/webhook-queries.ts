import { useInfiniteQuery, useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";

export const route = api.bots[":botId"].publication.webhook;

export type Webhook = InferResponseType<typeof route.$get, 200>;
export type Delivery = InferResponseType<typeof route.deliveries.$get, 200>["deliveries"][number];

/** Deliveries come by themselves, and are tried again by themselves. */
const everyMs = 5_000;

export const useWebhook = (botId: () => string) =>
  useQuery(() => ({
    queryKey: [...names.webhook(botId()), "state"],
    queryFn: () => read(route.$get({ param: { botId: botId() } })),
    refetchInterval: everyMs,
  }));

export const useDeliveries = (botId: () => string) =>
  useInfiniteQuery(() => ({
    queryKey: [...names.webhook(botId()), "deliveries"],
    queryFn: ({ pageParam }) =>
      read(
        route.deliveries.$get({
          param: { botId: botId() },
          query: { limit: "10", ...(pageParam ? { cursor: pageParam } : {}) },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
    refetchInterval: everyMs,
  }));
