import * as Person from "@outlet/core/bots/person";
import * as Bot from "@outlet/core/bots/bot";
import * as Knowledge from "@outlet/core/bots/knowledge";
import type { Caller } from "@outlet/core/foundation/caller";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { audited, tell } from "../audited.ts";
import { reading } from "../audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body, query } from "../input.ts";
import { answers } from "../openapi.ts";
import { foundView, siteView, sourceView, uploadView } from "../views.ts";

const Search = v.strictObject({
  question: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(8_000)),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d?$/, "must be a whole number from 1 to 50"),
      v.transform(Number),
      v.maxValue(50, "must be a whole number from 1 to 50"),
    ),
    "8",
  ),
});

/** A bot whose knowledge may be changed: a published one answers from it at the next question. */
async function changeable(deps: ControlApiDeps, caller: Caller.Info, botId: string) {
  const bot = await Bot.ownedBy(deps.table, caller, botId);
  await Publication.requireChangeable(deps, caller, bot);
  return bot;
}

export const knowledgeRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>()
    .get(
      "/bots/:botId/knowledge",
      describeRoute({ summary: "List a bot's sources", tags: ["knowledge"] }),
      reading(deps, "knowledge.read"),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const [sources, sites] = await Promise.all([
          Knowledge.list(deps.table, bot.botId),
          Knowledge.Site.list(deps.table, bot.botId),
        ]);
        return c.json({
          syncStatus: bot.syncStatus,
          sources: sources.map(sourceView),
          sites: sites.map(siteView),
        });
      },
    )
    .post(
      "/bots/:botId/knowledge",
      describeRoute({
        summary: "Upload a file or text; the bot answers from it once its status is SUCCEEDED",
        tags: ["knowledge"],
        responses: answers(201),
      }),
      audited(deps, "knowledge.add", "source"),
      body(Knowledge.Create),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const source = await Knowledge.add(deps, bot.botId, c.req.valid("json"));
        tell(c, { targetId: source.sourceId });
        return c.json(sourceView(source), 201);
      },
    )
    .get(
      "/bots/:botId/knowledge/search",
      describeRoute({
        summary: "What a question finds, best first, and why; no model is asked",
        tags: ["knowledge"],
      }),
      reading(deps, "knowledge.read"),
      query(Search),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const { question, limit } = c.req.valid("query");
        const { engine, passages, reranked, problems } = await deps.retriever.search(
          bot.botId,
          question,
          limit,
          bot.knowledgeBase,
        );
        return c.json({
          engine,
          reranked: reranked ?? null,
          problems: problems ?? [],
          passages: passages.map(foundView),
        });
      },
    )
    .post(
      "/bots/:botId/knowledge/uploads",
      describeRoute({
        summary: "Announce a file of up to 100 MB; send it where the answer says, then finish",
        tags: ["knowledge"],
        responses: answers(201),
      }),
      body(Knowledge.Begin),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        await Person.beginWithin(
          deps,
          "uploadsPerDay",
          c.get("caller").userId,
          deps.limits.caps.uploadsPerDay,
        );
        const begun = await Knowledge.beginUpload(deps, bot.botId, c.req.valid("json"));
        return c.json(uploadView(begun), 201);
      },
    )
    .put(
      "/bots/:botId/knowledge/uploads/:uploadId/content",
      describeRoute({
        summary: "The bytes of an announced file, where they do not go to the store directly",
        tags: ["knowledge"],
        responses: answers(204),
      }),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const uploadId = c.req.param("uploadId");
        const upload = await Knowledge.uploadFromId(deps.table, bot.botId, uploadId);
        await Knowledge.receiveUpload(deps, upload, c.req.raw.body ?? nothing());
        return c.body(null, 204);
      },
    )
    .post(
      "/bots/:botId/knowledge/uploads/:uploadId/finish",
      describeRoute({
        summary: "Make a source of a file that has arrived",
        tags: ["knowledge"],
        responses: answers(201),
      }),
      audited(deps, "knowledge.add", "source"),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const source = await Knowledge.finishUpload(deps, bot.botId, c.req.param("uploadId"));
        tell(c, { targetId: source.sourceId });
        return c.json(sourceView(source), 201);
      },
    )
    .post(
      "/bots/:botId/knowledge/sites",
      describeRoute({
        summary: "Read a web page, or all pages of a sitemap, once or again every so many hours",
        tags: ["knowledge"],
        responses: answers(201),
      }),
      audited(deps, "knowledge.add", "site"),
      body(Knowledge.Site.Create),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const site = await Knowledge.Site.create(deps, bot.botId, c.req.valid("json"));
        tell(c, { targetId: site.siteId });
        return c.json(siteView(site), 201);
      },
    )
    .post(
      "/bots/:botId/knowledge/sites/:siteId/visit",
      describeRoute({
        summary: "Visit a web address now; what has changed is read again",
        tags: ["knowledge"],
        responses: answers(202),
      }),
      audited(deps, "knowledge.sync", "site"),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const site = await Knowledge.Site.fromId(deps.table, bot.botId, c.req.param("siteId"));
        return c.json(siteView(await Knowledge.Site.revisit(deps, site)), 202);
      },
    )
    .delete(
      "/bots/:botId/knowledge/sites/:siteId",
      describeRoute({
        summary: "Remove a web address and all of its pages",
        tags: ["knowledge"],
        responses: answers(204),
      }),
      audited(deps, "knowledge.remove", "site"),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const site = await Knowledge.Site.fromId(deps.table, bot.botId, c.req.param("siteId"));
        await Knowledge.Site.remove(deps, site);
        return c.body(null, 204);
      },
    )
    .post(
      "/bots/:botId/knowledge/sync",
      describeRoute({
        summary: "Read sources again: those that failed, or all",
        tags: ["knowledge"],
        responses: answers(202),
      }),
      audited(deps, "knowledge.sync", "sync"),
      body(Knowledge.Resync),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        await Knowledge.resync(deps, bot.botId, c.req.valid("json"));
        const sources = await Knowledge.list(deps.table, bot.botId);
        return c.json({ sources: sources.map(sourceView) }, 202);
      },
    )
    .get(
      "/bots/:botId/knowledge/:sourceId",
      describeRoute({ summary: "A source with its text", tags: ["knowledge"] }),
      reading(deps, "knowledge.read"),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const sourceId = c.req.param("sourceId");
        const { source, text } = await Knowledge.readText(deps, bot.botId, sourceId);
        return c.json({ ...sourceView(source), text });
      },
    )
    .put(
      "/bots/:botId/knowledge/:sourceId",
      describeRoute({
        summary: "Put another text in a source's place; the old one is found until it was read",
        tags: ["knowledge"],
        responses: answers(202),
      }),
      audited(deps, "knowledge.edit", "source"),
      body(Knowledge.Edit),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const sourceId = c.req.param("sourceId");
        const source = await Knowledge.edit(deps, bot.botId, sourceId, c.req.valid("json"));
        return c.json(sourceView(source), 202);
      },
    )
    .delete(
      "/bots/:botId/knowledge/:sourceId",
      describeRoute({ summary: "Remove a source", tags: ["knowledge"], responses: answers(204) }),
      audited(deps, "knowledge.remove", "source"),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        await Knowledge.remove(deps, bot.botId, c.req.param("sourceId"));
        return c.body(null, 204);
      },
    );

async function* nothing(): AsyncGenerator<Uint8Array> {}
