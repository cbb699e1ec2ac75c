import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import type { InferRequestType, InferResponseType } from "hono/client";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";

const route = api.bots[":botId"].tools;

export type ToolList = InferResponseType<typeof route.$get, 200>;
export type Tool = ToolList["tools"][number];
export type Use = ToolList["use"];
export type HttpSetting = Extract<Tool["setting"], { kind: "http" }>;
export type McpSetting = Extract<Tool["setting"], { kind: "mcp" }>;
export type McpFunction = McpSetting["tools"][number];
export type Preview = InferResponseType<typeof route.openapi.$post, 200>;
export type RemotePreview = InferResponseType<typeof route.mcp.$post, 200>;
export type Exchange = InferResponseType<(typeof route)[":toolId"]["test"]["$post"], 200>;
export type ToolInput = InferRequestType<typeof route.$post>["json"];

export const useTools = (botId: () => string) =>
  useQuery(() => ({
    queryKey: names.tools(botId()),
    queryFn: () => read(route.$get({ param: { botId: botId() } })),
  }));

/** Says which tools the model is offered, and how much it may call them. */
export function useSetUse(botId: () => string) {
  const client = useQueryClient();
  return useMutation(() => ({
    mutationFn: (tools: Partial<Use>) =>
      read(api.bots[":botId"].$patch({ param: { botId: botId() }, json: { tools } })),
    onSuccess: () => refreshed(client, botId()),
  }));
}

/** Adds a tool and lets the model have it. */
export function useAddTool(botId: () => string, use: () => Use) {
  const client = useQueryClient();
  return useMutation(() => ({
    mutationFn: async (json: ToolInput) => {
      const tool = await read(route.$post({ param: { botId: botId() }, json }));
      const tools = { allowed: [...use().allowed, tool.toolId] };
      await read(api.bots[":botId"].$patch({ param: { botId: botId() }, json: { tools } }));
    },
    // Also where only the first of the two was done.
    onSettled: () => refreshed(client, botId()),
  }));
}

export async function refreshed(
  client: ReturnType<typeof useQueryClient>,
  botId: string,
): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: names.tools(botId) }),
    client.invalidateQueries({ queryKey: names.bot(botId) }),
  ]);
}
