import { describe, expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import { eventually } from "./runtime-fixture.ts";

const { owner, user } = await outletOfFile();
const bot = { title: "Shop", instruction: "Quote the hours." };
const path = `/bots/${(await owner("POST", "/bots", bot)).json.botId}/knowledge`;

/** A page of a line and a long comment, in pieces, as a browser reads them off a disk. */
function streamOf(bytes: number): ReadableStream<Uint8Array> {
  const head = Buffer.from("<p>Widgets of the world.</p><!--");
  const filling = Buffer.alloc(100_000, "widgets ");
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      const source = sent === 0 ? head : filling;
      const piece = source.subarray(0, Math.min(source.length, bytes - sent));
      sent += piece.length;
      if (piece.length > 0) controller.enqueue(piece);
      if (sent >= bytes) controller.close();
    },
  });
}

const begin = (bytes: number, name = "book.html", client = owner) =>
  client("POST", `${path}/uploads`, { name, bytes });
const send = (url: string, body: ReadableStream<Uint8Array>, client = owner) =>
  client("PUT", url.replace(/^\/api/, ""), body);

describe("a large file", () => {
  test("is announced, sent through the console's own origin in pieces, and read", async () => {
    const bytes = 9 * 1024 * 1024;
    const begun = await begin(bytes);
    expect([begun.status, begun.json.send.method, begun.json.kind]).toEqual([201, "PUT", "html"]);
    expect(begun.json.send.url).toMatch(/^\/api\/bots\//);
    expect((await owner("GET", path)).json.sources).toEqual([]);

    const early = await owner("POST", `${path}/uploads/${begun.json.uploadId}/finish`);
    expect([early.status, early.json.detail]).toEqual([422, expect.stringMatching(/0 arrived/)]);

    expect((await send(begun.json.send.url, streamOf(bytes))).status).toBe(204);
    const finish = () => owner("POST", `${path}/uploads/${begun.json.uploadId}/finish`);
    const [finished, again] = [await finish(), await finish()];
    expect([finished.status, finished.json.sourceId]).toEqual([201, begun.json.uploadId]);
    expect(again.json.sourceId).toBe(finished.json.sourceId);

    const { json } = await eventually(
      () => owner("GET", path),
      (reply) => reply.json.syncStatus === "SUCCEEDED" || reply.json.syncStatus === "FAILED",
      60_000,
    );
    expect(json.sources).toMatchObject([{ bytes, status: "SUCCEEDED", failure: null }]);
    expect(json.sources[0].passages).toBe(1);
  });

  test("is taken as it was announced and not otherwise", async () => {
    const { uploadId, send: target } = (await begin(1_000)).json;
    expect((await send(target.url, streamOf(1_001))).status).toBe(422);
    expect((await send(target.url, streamOf(999))).status).toBe(422);
    const finished = await owner("POST", `${path}/uploads/${uploadId}/finish`);
    expect(finished.json.detail).toMatch(/0 arrived/);
  });

  test("over 100 MB, of a kind not read, or to somebody else's bot is refused at once", async () => {
    expect((await begin(100 * 1024 * 1024 + 1)).status).toBe(422);
    expect((await begin(0)).status).toBe(422);
    expect((await begin(5, "film.mp4")).status).toBe(422);
    expect((await begin(5, "a.txt", user)).status).toBe(404);
    const { send: target } = (await begin(5)).json;
    expect((await send(target.url, streamOf(5), user)).status).toBe(404);
    const unknown = target.url.replace(/[0-9A-Z]{26}(?=\/content)/, "01J00000000000000000000000");
    expect((await send(unknown, streamOf(5))).status).toBe(404);
  });

  test("that never arrives keeps no place for ever, but for a day", async () => {
    const replies = [];
    for (let i = 0; i < 25; i++) replies.push(await begin(5));
    expect(replies.at(-1)?.json.detail).toMatch(/Finish them, or wait a day/);
  });
});
