import { setTimeout as pause } from "node:timers/promises";
import { type Ask, caller, done, type Outlet } from "./outlet.ts";

/** A bot of the owner's to send bad requests to. */
export interface TargetBot {
  /** What goes into the braces of a path, by name. */
  ids: Record<string, string>;
  /** Its published API, called with a key; absent where it is not published. */
  api?: Ask;
}

/** A bot that is published, has a key, a source and a finished run. */
export async function publishedBot(outlet: Outlet): Promise<TargetBot & { api: Ask }> {
  const owner = outlet.as("owner");
  const ids = await newBot(owner);
  const { botId } = ids;
  await done(owner, "PUT", `/bots/${botId}/sharing`, { scope: "all" });
  const { sourceId } = await done(owner, "POST", `/bots/${botId}/knowledge`, {
    name: "a.txt",
    text: "Outlet publishes bots.",
  });
  await untilSaid(owner, `/bots/${botId}`, /"syncStatus":"SUCCEEDED"/);
  const path = `/bots/${botId}/publication`;
  await done(owner, "POST", path, { throttle: null, quota: null });
  const publication = await untilSaid(owner, path, /"status":"published"/);
  const key = await done(owner, "POST", `${path}/keys`, { label: "Outside" });
  const endpoint = String(publication["endpoint"]);
  const api = caller(endpoint, { "x-api-key": String(key["value"]) });
  const sent = await done(api, "POST", "/conversation", {
    conversationId: "told",
    message: { content: [{ contentType: "text", body: "What is Outlet?" }] },
  });
  const runId = String(sent["messageId"]);
  await untilSaid(api, `/conversation/told/${runId}`, /"status":"completed"/);
  return {
    api,
    ids: { ...ids, runId, keyId: String(key["keyId"]), sourceId: String(sourceId) },
  };
}

/** A bot as it was made: private, never published. */
export const draftBot = async (outlet: Outlet): Promise<TargetBot> => ({
  ids: await newBot(outlet.as("owner")),
});

async function newBot(owner: Ask) {
  const { botId } = await done(owner, "POST", "/bots", { title: "Outside" });
  return { botId: String(botId) };
}

async function untilSaid(ask: Ask, path: string, said: RegExp): Promise<Record<string, unknown>> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const { status, text } = await ask({ method: "GET", path });
    if (status === 200 && said.test(text)) return JSON.parse(text) as Record<string, unknown>;
    if (Date.now() > giveUpAt) throw new Error(`${path} never said ${said}: ${status} ${text}`);
    await pause(20);
  }
}
