import { Knowledge } from "@outlet/core/bots/knowledge";
import { Layout } from "@outlet/core/store/layout";
import * as v from "valibot";
import { expect } from "vitest";
import { addSource } from "../../applied/acts.ts";
import { batch, settled } from "../../applied/events.ts";
import type { World } from "../../applied/world.ts";
import type { Scenario } from "../scenario.ts";
import { polling } from "./polling.ts";

const bell = ({ botId }: { botId: string }) => batch(JSON.stringify({ botId }));
const uploadOf = ({ botId, sourceId }: Knowledge.Info) => `knowledge/${botId}/${sourceId}/upload`;
const passagesOf = ({ botId, sourceId }: Knowledge.Info) =>
  `knowledge/${botId}/${sourceId}/passages/`;

async function sourceOf({ table }: World, { botId }: Knowledge.Info) {
  const [source] = await Knowledge.list(table, botId);
  return source;
}

export const syncer: Scenario[] = [
  polling("syncer"),
  {
    title: "reads an upload into passages",
    uses: [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:Query",
      "s3:GetObject",
      "s3:PutObject",
    ],
    async run(world) {
      const source = await addSource(world);
      expect(await world.invoke("syncer", bell(source))).toEqual(settled);
      expect(await sourceOf(world, source)).toMatchObject({ status: "SUCCEEDED", passages: 1 });
    },
  },
  {
    title: "says of an upload that is gone that it is gone",
    uses: ["s3:ListBucket"],
    async run(world) {
      const source = await addSource(world);
      await world.objects.remove(uploadOf(source));
      expect(await world.invoke("syncer", bell(source))).toEqual(settled);
      expect(await sourceOf(world, source)).toMatchObject({ status: "FAILED" });
    },
  },
  {
    title: "leaves no passages of a source that was removed while it was read",
    uses: ["s3:DeleteObject"],
    async run(world) {
      const source = await addSource(world);
      const storing = world.guard.hold("PUT", new RegExp(passagesOf(source)));
      const read = world.invoke("syncer", bell(source));
      await storing.reached;
      const version = (await sourceOf(world, source))?.versions.at(-1);
      expect(version).toBeDefined();
      await Knowledge.remove(world.deps(), source.botId, source.sourceId);
      storing.release();
      expect(await read).toEqual(settled);
      expect(await world.objects.get(`${passagesOf(source)}${version}`)).toBeUndefined();
    },
  },
  {
    title: "removes the pages that a site does not have any more",
    uses: ["dynamodb:DeleteItem"],
    async run(world) {
      const { botId } = await addSource(world);
      // Not public, so refused before anything is sent: what counts is which pages are known.
      const input = v.parse(Knowledge.Site.Create, { url: "https://127.0.0.1/old" });
      const { siteId } = await Knowledge.Site.create(world.deps(), botId, input);
      expect(await world.invoke("syncer", bell({ botId }))).toEqual(settled);
      const moved = { url: "https://127.0.0.1/new", nextAt: 0 };
      await world.table.update(Layout.site(botId, siteId), { set: moved });
      expect(await world.invoke("syncer", bell({ botId }))).toEqual(settled);
      const pages = (await Knowledge.list(world.table, botId)).filter(({ url }) => url !== null);
      expect(pages.map(({ url, failureCode }) => [url, failureCode])).toEqual([
        ["https://127.0.0.1/new", "not_fetched"],
      ]);
    },
  },
];
