import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import type { Bot } from "~/api/bots.ts";
import { names, whileChangingMs } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { isInFlight, isSyncing } from "~/page-parts/status/status.ts";

const bot = api.bots[":botId"];

export type Publication = InferResponseType<typeof bot.publication.$get, 200>;
export type Keys = InferResponseType<typeof bot.publication.keys.$get, 200>;
export type Key = Keys["keys"][number];
export type Alert = InferResponseType<typeof bot.publication.alerts.$get, 200>["alerts"][number];

export type KeyBudget = InferResponseType<
  typeof bot.publication.budgets.$get,
  200
>["budgets"][number];

const whileReadingMs = 1_500;

export const useBot = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.bot(botId()),
    queryFn: () => read(bot.$get({ param: { botId: botId() } })),
  }));

export const usePublication = (botId: () => string, enabled: () => boolean = () => true) => {
  const client = useQueryClient();
  return useQuery(() => ({
    queryKey: names.publication(botId()),
    enabled: enabled(),
    queryFn: async () => {
      const publication = await read(bot.publication.$get({ param: { botId: botId() } }));
      // The chip beside the bot's title says the same: no second request for it.
      client.setQueryData<Bot>(names.bot(botId()), (old) =>
        old && old.publicationStatus !== null
          ? { ...old, publicationStatus: publication.status }
          : old,
      );
      return publication;
    },
    refetchInterval: (query) => {
      const publication = query.state.data;
      if (isInFlight(publication?.status)) return whileChangingMs;
      // Knowledge that is being read is met by itself, a while later.
      return publication?.prerequisites.some(({ name, met }) => name === "sync" && !met)
        ? whileReadingMs
        : false;
    },
  }));
};

export const useKeys = (botId: () => string, enabled: () => boolean) =>
  useInfiniteQuery(() => ({
    queryKey: names.keys(botId()),
    queryFn: ({ pageParam }) =>
      read(
        bot.publication.keys.$get({
          param: { botId: botId() },
          query: { limit: "50", ...(pageParam ? { cursor: pageParam } : {}) },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
    enabled: enabled(),
    placeholderData: keepPreviousData,
  }));

/** What budgets have left changes with every answer. */
const budgetsEveryMs = 30_000;

export const useBudgets = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.budgets(botId()),
    queryFn: () => read(bot.publication.budgets.$get({ param: { botId: botId() } })),
    refetchInterval: budgetsEveryMs,
  }));

/** They look at a quarter of an hour: a minute more or less is no matter. */
const alertsEveryMs = 60_000;

export const useAlerts = (botId: () => string, enabled: () => boolean) =>
  useQuery(() => ({
    queryKey: names.alerts(botId()),
    queryFn: () => read(bot.publication.alerts.$get({ param: { botId: botId() } })),
    enabled: enabled(),
    staleTime: alertsEveryMs,
    refetchInterval: alertsEveryMs,
  }));

export type Knowledge = InferResponseType<typeof bot.knowledge.$get, 200>;
export type Source = Knowledge["sources"][number];
export type Site = Knowledge["sites"][number];

/** @param wanted whether it is asked for at all. */
export const useKnowledge = (botId: () => string, wanted: () => boolean = () => true) =>
  useQuery(() => ({
    enabled: wanted(),
    queryKey: names.knowledge(botId()),
    queryFn: () => read(bot.knowledge.$get({ param: { botId: botId() } })),
    refetchInterval: (query) => (isReading(query.state.data) ? whileChangingMs : false),
  }));

const isReading = (knowledge: Knowledge | undefined): boolean =>
  [...(knowledge?.sources ?? []), ...(knowledge?.sites ?? [])].some(({ status }) =>
    isSyncing(status),
  );
