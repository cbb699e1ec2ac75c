import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names, whileChangingMs } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { isSyncing } from "~/page-parts/status/status.ts";

const route = api.bots[":botId"].knowledge;

export type Knowledge = InferResponseType<typeof route.$get, 200>;
export type Source = Knowledge["sources"][number];
export type Site = Knowledge["sites"][number];

export const useKnowledge = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.knowledge(botId()),
    queryFn: () => read(route.$get({ param: { botId: botId() } })),
    refetchInterval: (query) => (isChanging(query.state.data) ? whileChangingMs : false),
  }));

const isChanging = (knowledge: Knowledge | undefined): boolean =>
  [...(knowledge?.sources ?? []), ...(knowledge?.sites ?? [])].some(({ status }) =>
    isSyncing(status),
  );
