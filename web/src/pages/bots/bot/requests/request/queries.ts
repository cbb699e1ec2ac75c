import { useQuery } from "@tanstack/solid-query";
import type { InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { isOpen } from "~/page-parts/status/status.ts";
import { whileOpenMs } from "../queries.ts";

const route = api.bots[":botId"].publication.runs[":runId"];

export type RunDetail = InferResponseType<typeof route.$get, 200>;

export const useRun = (botId: () => string, runId: () => string) =>
  useQuery(() => ({
    queryKey: [...names.runs(botId()), runId()],
    queryFn: () => read(route.$get({ param: { botId: botId(), runId: runId() } })),
    refetchInterval: (query) => {
      const run = query.state.data;
      return run && isOpen(run.status) ? whileOpenMs : false;
    },
  }));
