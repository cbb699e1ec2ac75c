import { expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import { eventually } from "./runtime-fixture.ts";

const { outlet, owner } = await outletOfFile();

test("what a bot knows is edited while it is published: the next answer knows, in old conversations too", async () => {
  const bot = await outlet.publish({}, { instruction: "Quote.", showSources: true });
  const path = `/bots/${bot.botId}/knowledge`;
  const publication = `/bots/${bot.botId}/publication`;
  const before = (await owner("GET", publication)).json;
  const synced = () =>
    eventually(
      () => owner("GET", path),
      ({ json }) => json.syncStatus === "SUCCEEDED",
    );
  /** What an answer rests on. */
  const sourcesOf = async (conversationId?: string) => {
    const asked = await bot.ask("When does the canteen open?", conversationId);
    const used = asked.reply.json.message.usedChunks ?? [];
    return { ...asked, texts: used.map((chunk: object) => JSON.stringify(chunk)) };
  };
  const added = await owner("POST", path, { name: "c.txt", text: "The canteen opens at noon." });
  await synced();
  const first = await sourcesOf();
  expect(first.texts).toEqual([expect.stringContaining("noon")]);

  const source = `${path}/${added.json.sourceId}`;
  const edited = await owner("PUT", source, { text: "The canteen opens at eleven." });
  expect(edited.status).toBe(202);
  await synced();
  for (const conversationId of [first.conversationId, undefined]) {
    const next = await sourcesOf(conversationId);
    expect(next.texts).toEqual([expect.stringContaining("eleven")]);
    if (conversationId) expect(next.conversationId).toBe(conversationId);
  }

  expect((await owner("DELETE", source)).status).toBe(204);
  expect((await sourcesOf(first.conversationId)).texts).toEqual([]);
  const after = (await owner("GET", publication)).json;
  expect([after.endpoint, after.status]).toEqual([before.endpoint, "published"]);
  // Its first answer is what it was.
  const told = await bot.call("GET", `/conversation/${first.conversationId}`);
  expect(told.text).toContain("noon");
});
