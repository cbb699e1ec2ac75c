import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { api, read } from "./client.ts";

const bot = api.bots[":botId"];

export type Me = InferResponseType<typeof api.me.$get, 200>;
export type Bot = InferResponseType<typeof bot.$get, 200>;
export type Knowledge = InferResponseType<typeof bot.knowledge.$get, 200>;
export type Source = Knowledge["sources"][number];
export type Publication = InferResponseType<typeof bot.publication.$get, 200>;
export type Prerequisite = Publication["prerequisites"][number];
export type Keys = InferResponseType<typeof bot.publication.keys.$get, 200>;
export type Key = Keys["keys"][number];
export type Alert = InferResponseType<typeof bot.publication.alerts.$get, 200>["alerts"][number];

/** Names of what the cache holds. A mutation says by these what it has changed. */
export const names = {
  me: ["me"],
  bots: ["bots"],
  admin: ["admin"],
  bot: (botId: string) => ["bot", botId],
  knowledge: (botId: string) => ["knowledge", botId],
  publication: (botId: string) => ["publication", botId],
  keys: (botId: string) => ["keys", botId],
  runs: (botId: string) => ["runs", botId],
  alerts: (botId: string) => ["alerts", botId],
} as const;

/** Between two looks at something that is changing now, and at something that may. */
const whileChangingMs = 400;

export const useMe = () =>
  useQuery(() => ({
    queryKey: names.me,
    queryFn: () => read(api.me.$get()),
    // A token says who somebody is for as long as it lives.
    staleTime: Number.POSITIVE_INFINITY,
  }));

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

export const useBot = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.bot(botId()),
    queryFn: () => read(bot.$get({ param: { botId: botId() } })),
  }));

const isSyncing = (sources: Source[] | undefined): boolean =>
  sources?.some(({ status }) => status === "QUEUED" || status === "RUNNING") ?? false;

export const useKnowledge = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.knowledge(botId()),
    queryFn: () => read(bot.knowledge.$get({ param: { botId: botId() } })),
    refetchInterval: (query) => (isSyncing(query.state.data?.sources) ? whileChangingMs : false),
  }));

const inFlight = ["publishing", "updating", "unpublishing"];
export const isInFlight = (status: string | undefined): boolean =>
  status !== undefined && inFlight.includes(status);
export const isLive = (status: string | undefined | null): boolean =>
  status === "published" || status === "updating" || status === "paused";

export const usePublication = (botId: () => string) => {
  const client = useQueryClient();
  return useQuery(() => ({
    queryKey: names.publication(botId()),
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
    refetchInterval: (query) => (isInFlight(query.state.data?.status) ? whileChangingMs : false),
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
