import { Bot } from "@outlet/core/bots/bot";
import { Validator } from "@seriousme/openapi-schema-validator";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { createPublishedApi } from "../app.ts";
import { describeApi } from "./document.ts";
import { describeForModels } from "./llms-txt.ts";

const bot = v.parse(Bot.Info, {
  botId: "B",
  ownerId: "O",
  title: "Support bot",
  description: "Knows the handbook.",
  instruction: "CANARY",
  model: "outlet-demo",
  callerModels: [],
  generation: {},
  scope: "all",
  allowedUsers: [],
  allowedGroups: [],
  syncStatus: "SUCCEEDED",
  showSources: false,
  createdAt: 1,
  updatedAt: 1,
});
const endpoint = "https://api.example.com/api";
const document = describeApi(bot, endpoint) as { paths: Record<string, Record<string, object>> };

describe("a bot's own description", () => {
  test("is OpenAPI 3.1, and says nothing of the instruction", async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(JSON.stringify(document)).not.toContain("CANARY");
    expect(describeForModels(bot, endpoint)).not.toContain("CANARY");
  });

  test("has the routes that there are, and no others", () => {
    // Making the routes reaches no port.
    const routes = createPublishedApi({ policy: {} } as never).routes.filter(
      ({ method }) => method !== "ALL",
    );
    const named = routes.map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{}")}`,
    );
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}")}`,
      ),
    );
    // It is there to be refused.
    const known = named.filter((name) => name !== "GET /v1/chat/completions");
    expect([...new Set(described)].sort()).toEqual([...new Set(known)].sort());
  });
});
