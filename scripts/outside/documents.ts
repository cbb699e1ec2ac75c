import * as v from "valibot";
import type { Outlet } from "./outlet.ts";
import { publishedBot } from "./target-bot.ts";

/** The part of an OpenAPI document that says what a route takes. */
export interface Operation {
  method: string;
  /** From the API's own root, with names in braces. */
  path: string;
  /** Names of what its query may hold. */
  query: string[];
  /** Names of the body's members; absent where it takes none. */
  members?: string[];
}

const Schema = v.object({ properties: v.optional(v.record(v.string(), v.unknown()), {}) });
const Described = v.object({
  parameters: v.optional(v.array(v.object({ in: v.string(), name: v.string() })), []),
  requestBody: v.optional(
    v.object({ content: v.record(v.string(), v.object({ schema: Schema })) }),
  ),
});
const Document = v.object({
  paths: v.record(v.string(), v.record(v.string(), v.unknown())),
});

/** The description that the control API gives of itself. */
export async function controlDocument(outlet: Outlet): Promise<unknown> {
  const { text } = await outlet.as(null)({ method: "GET", path: "/openapi.json" });
  return JSON.parse(text);
}

/** The description that a published API gives of itself; nothing where it gives none. */
export async function publishedDocument(outlet: Outlet): Promise<Record<string, unknown>> {
  const { api, ids } = await publishedBot(outlet);
  const { status, text } = await api({ method: "GET", path: "/openapi.json" });
  if (status !== 200) return {};
  const named = text
    .replaceAll(ids["botId"] ?? "", "<botId>")
    .replaceAll(outlet.origin, "<origin>")
    // Another one with each start.
    .replace(/<origin>\/[a-z0-9]{10}\//g, "<origin>/<api>/");
  return { "published-api.openapi": JSON.parse(named) };
}

export function operationsOf(document: unknown): Operation[] {
  return Object.entries(v.parse(Document, document).paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => {
      const { parameters, requestBody } = v.parse(Described, described);
      const taken = requestBody && Object.values(requestBody.content)[0];
      return {
        method: method.toUpperCase(),
        path: path.replace(/^\/api/, ""),
        query: parameters.flatMap(({ in: place, name }) => (place === "query" ? [name] : [])),
        ...(taken && { members: Object.keys(taken.schema.properties) }),
      };
    }),
  );
}
