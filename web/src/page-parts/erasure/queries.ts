import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names, whileChangingMs } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";

export const route = api.bots[":botId"].publication.erasures;

export type Erasure = InferResponseType<typeof route.$get, 200>["erasures"][number];

export const isUnderWay = ({ status }: Erasure): boolean => status === "erasing";

export const useErasures = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.erasures(botId()),
    queryFn: () => read(route.$get({ param: { botId: botId() } })),
    refetchInterval: (query) =>
      query.state.data?.erasures.some(isUnderWay) ? whileChangingMs : false,
  }));
