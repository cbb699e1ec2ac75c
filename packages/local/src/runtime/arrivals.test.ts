import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf, type Outlet, type PublishedBot, startOutlet } from "./runtime-fixture.ts";

let outlet: Outlet;
let bot: PublishedBot;
let owner: Awaited<ReturnType<Outlet["as"]>>;

beforeAll(async () => {
  outlet = await startOutlet(["--allow", "127.0.0.1/32"]);
  bot = await outlet.publish({ throttle: { burstLimit: 50, rateLimit: 50 }, quota: null });
  owner = await outlet.as("owner");
});
afterAll(() => outlet.stop());

interface Seen {
  requestId: string;
  status: number;
  method: string;
  path: string | null;
  ms: number;
  refusal: string | null;
  keyId: string | null;
  key: { label: string; isGone: boolean; isProbe: boolean } | null;
  run: { runId: string; status: string; preview: string | null } | null;
}

const list = async (of: PublishedBot, query = ""): Promise<Seen[]> =>
  (await owner("GET", `/bots/${of.botId}/publication/requests?limit=100${query}`)).json.requests;
const message = (body: string) => ({ message: { content: [{ contentType: "text", body }] } });

interface Told {
  status: number;
  requestId: string;
}

/** One request as it is written here: a body may be said to be larger than it is. */
function send(
  of: PublishedBot,
  options: {
    method?: string;
    path: string;
    headers?: Record<string, string>;
    body?: string;
    localAddress?: string;
  },
): Promise<Told> {
  const url = new URL(of.endpoint + options.path);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: url.port,
        path: url.pathname,
        method: options.method ?? "GET",
        headers: { "x-api-key": of.apiKey, ...options.headers },
        ...(options.localAddress && { localAddress: options.localAddress }),
      },
      (res) => {
        const id = res.headers["x-amzn-requestid"] ?? res.headers["x-request-id"];
        res
          .resume()
          .on("end", () => resolve({ status: res.statusCode ?? 0, requestId: String(id) }));
      },
    );
    sent.on("error", reject);
    sent.end(options.body);
  });
}

const json = { "content-type": "application/json" };

describe("what reached the endpoint", () => {
  test("is all there, each refusal with its status and the request id that its caller was told", async () => {
    const slow = await outlet.publish({
      throttle: { burstLimit: 1, rateLimit: 0.01 },
      quota: null,
    });
    const paused = await outlet.publish();
    const spent = await outlet.publish({ quota: { limit: 1, period: "DAY" } });
    const unpaid = await outlet.publish({ budget: { period: "DAY", runs: 1 } });
    const pageOnly = (
      await owner("POST", `/bots/${bot.botId}/publication/keys`, {
        label: "One web page",
        allowedOrigins: ["https://app.example.com"],
      })
    ).json;
    const asking = {
      path: "/conversation",
      method: "POST",
      headers: { ...json, prefer: "wait=20" },
      body: JSON.stringify(message("Hello")),
    };
    await owner("POST", `/bots/${paused.botId}/publication/pause`);
    const refused: [of: PublishedBot, status: number, options: Parameters<typeof send>[1]][] = [
      [bot, 403, { path: "/health", headers: { "x-api-key": "nobody's" } }],
      [bot, 403, { path: "/health", localAddress: "127.9.9.9" }],
      [
        bot,
        403,
        {
          path: "/health",
          headers: { "x-api-key": pageOnly.value, origin: "https://elsewhere.example" },
        },
      ],
      [bot, 404, { path: "/nowhere" }],
      [bot, 405, { path: "/health", method: "DELETE" }],
      [
        bot,
        413,
        {
          path: "/conversation",
          method: "POST",
          headers: json,
          body: "x".repeat(10_500_000),
        },
      ],
      [
        bot,
        415,
        {
          path: "/conversation",
          method: "POST",
          headers: { ...json, "content-encoding": "gzip" },
          body: "a",
        },
      ],
      [bot, 422, { path: "/conversation", method: "POST", headers: json, body: "{" }],
      [slow, 200, { path: "/health" }],
      [slow, 429, { path: "/health" }],
      [spent, 200, { path: "/health" }],
      [spent, 429, { path: "/health" }],
      [unpaid, 200, asking],
      [unpaid, 429, asking],
      [paused, 503, { path: "/health" }],
    ];
    for (const [of, status, options] of refused) {
      const told = await send(of, options);
      expect([options, told.status]).toEqual([options, status]);
      const found = await list(of, `&requestId=${told.requestId}`);
      expect(found).toMatchObject([
        { requestId: told.requestId, status, method: options.method ?? "GET" },
      ]);
    }
  });

  test("has the path that was asked for and the name of the key that let it in", async () => {
    const told = await send(bot, { path: "/conversation/a%22b/c" });
    const [seen] = await list(bot, `&requestId=${told.requestId}`);
    expect(seen).toMatchObject({ path: "/conversation/a%22b/c", key: { isGone: false } });
    expect(seen?.keyId).toMatch(/^[0-9A-Z]{26}$/);
  });

  test("names the run that a message became, and how the message begins", async () => {
    const reply = await bot.call("POST", "/conversation", message("Where is the  \n moon?"), {
      prefer: "wait=20",
    });
    const found = await list(bot, "&text=the%20moon");
    expect(found).toMatchObject([
      {
        method: "POST",
        path: "/conversation",
        run: { runId: reply.json.messageId, preview: "Where is the moon?" },
      },
    ]);
    expect(found[0]?.requestId).toBe(reply.headers.get("x-request-id"));
    await bot.call("DELETE", `/conversation/${reply.json.conversationId}`);
    expect(await list(bot, `&requestId=${found[0]?.requestId}`)).toMatchObject([
      { run: { runId: reply.json.messageId, preview: null } },
    ]);
  });

  test("names a run of every face", async () => {
    const bearer = clientOf(bot.endpoint, { authorization: `Bearer ${bot.apiKey}` });
    await bearer("POST", "/v1/responses", { input: "By responses" });
    const chat = { messages: [{ role: "user", content: "By chat" }] };
    await bearer("POST", "/v1/chat/completions", chat);
    const call = { name: "ask", arguments: { question: "By MCP" } };
    await bearer("POST", "/mcp", { jsonrpc: "2.0", id: 1, method: "tools/call", params: call });
    for (const text of ["By responses", "By chat", "By MCP"]) {
      const found = await list(bot, `&text=${encodeURIComponent(text)}`);
      expect(found.map(({ run }) => run?.preview)).toEqual([text]);
    }
  });

  test("is told by the key's name after the key is gone, and the probe apart", async () => {
    const path = `/bots/${bot.botId}/publication/keys`;
    const { keyId, value } = (await owner("POST", path, { label: "Short-lived" })).json;
    const told = await send(bot, { path: "/health", headers: { "x-api-key": value } });
    await owner("DELETE", `${path}/${keyId}`);
    expect(await list(bot, `&requestId=${told.requestId}`)).toMatchObject([
      { keyId, key: { label: "Short-lived", isGone: true, isProbe: false } },
    ]);
    expect((await list(bot, `&keyId=${keyId}`)).map(({ requestId }) => requestId)).toEqual([
      told.requestId,
    ]);
    expect((await list(bot)).at(-1)).toMatchObject({ key: { isProbe: true }, path: "/health" });
  });

  test("is found by a class of statuses, page by page", async () => {
    const all = await list(bot, "&status=4xx");
    expect(all.length).toBeGreaterThan(4);
    expect(all.every(({ status }) => status >= 400 && status < 500)).toBe(true);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const path = `/bots/${bot.botId}/publication/requests?limit=2&status=4xx${from}`;
      const page = (await owner("GET", path)).json;
      seen.push(...page.requests.map(({ requestId }: Seen) => requestId));
      cursor = page.cursor;
    }
    expect(seen).toEqual(all.map(({ requestId }) => requestId));
  });

  test("is for its owner, and refuses what it cannot understand", async () => {
    const user = await outlet.as("user");
    const path = `/bots/${bot.botId}/publication/requests`;
    expect((await user("GET", path)).status).toBe(404);
    for (const query of ["status=999", "status=4x", "cursor=x", "limit=0", "from=never"]) {
      expect([query, (await owner("GET", `${path}?${query}`)).status]).toEqual([query, 422]);
    }
  });
});
