import { gzipSync } from "node:zlib";
import { silentLog } from "@outlet/core/ports";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { readableBody } from "./body.ts";
import { createErrorHandler } from "./problems.ts";

const app = new Hono();
app.onError(createErrorHandler(silentLog));
app.use(readableBody());
app.post("/text", async (c) => c.text(await c.req.text()));
app.post("/json", async (c) => c.json(await c.req.json()));
app.get("/", (c) => c.text("read"));

const post = async (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) => {
  const response = await app.request("/text", { method: "POST", body, headers });
  return { status: response.status, text: await response.text() };
};
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

describe("a body", () => {
  test("in UTF-8 is what was sent, a byte order mark aside", async () => {
    expect((await post('{"a":"Grüße 👍🏽 \ufffd"}')).text).toBe('{"a":"Grüße 👍🏽 \ufffd"}');
    expect((await post("\ufeff{}")).text).toBe("{}");
    expect((await post("")).text).toBe("");
    expect((await post("{}", { "content-type": 'application/json; charset="UTF-8"' })).text).toBe(
      "{}",
    );
  });

  test.each([
    ["in Latin-1 without a word", latin1('"Grüße"'), {}, 422, "invalid_json"],
    [
      "in Latin-1, declared",
      latin1('"Grüße"'),
      { "content-type": "application/json; charset=ISO-8859-1" },
      415,
      "unsupported_media_type",
    ],
    [
      "compressed",
      new Uint8Array(gzipSync("{}")),
      { "content-encoding": "gzip" },
      415,
      "unsupported_media_type",
    ],
    ["cut inside a character", new Uint8Array([0x22, 0xe2, 0x82, 0x22]), {}, 422, "invalid_json"],
    ["with an encoded surrogate", new Uint8Array([0xed, 0xa0, 0x80]), {}, 422, "invalid_json"],
  ])("%s is refused", async (_what, body, headers, status, code) => {
    const reply = await post(body, headers);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text).error.code).toBe(code);
  });

  test.each([
    [String.raw`"\ud83d"`, "\ufffd"],
    [String.raw`"a\uDE00b"`, "a\ufffdb"],
    [String.raw`"\ud83d\ude00"`, "😀"],
    [String.raw`"\uD83D\uD83D\uDE00"`, "\ufffd😀"],
    [String.raw`"\\ud83d"`, String.raw`\ud83d`],
    [String.raw`"\\\ud83d"`, "\\\ufffd"],
  ])("that says %s holds %j", async (body, value) => {
    const response = await app.request("/json", { method: "POST", body });
    expect(await response.json()).toBe(value);
  });
});
