import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outlet, type PublishedBot, startOutlet } from "./runtime-fixture.ts";

let outlet: Outlet;

beforeAll(async () => {
  outlet = await startOutlet(["--allow", "127.0.0.1/32,127.5.0.0/16"]);
});
afterAll(() => outlet.stop());

interface Answer {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

/** One GET from a source address of choice: any 127.x.y.z is this machine. */
function get(bot: PublishedBot, path: string, localAddress = "127.0.0.1"): Promise<Answer> {
  const url = new URL(bot.endpoint + path);
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: url.port,
      path: url.pathname,
      localAddress,
      headers: { "x-api-key": bot.apiKey },
    };
    request(options, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () =>
        resolve({
          status: res.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          headers: res.headers,
        }),
      );
    })
      .on("error", reject)
      .end();
  });
}

const count = (answers: Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

describe("throttle", () => {
  test("of 100 requests at once, burst 10 and rate 5 let 10 to 12 through", async () => {
    const bot = await outlet.publish({ throttle: { burstLimit: 10, rateLimit: 5 }, quota: null });
    const begin = performance.now();
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(bot, "/health")));
    // What the rate adds while the requests are still being sent, on a machine that is slow at it.
    const added = Math.ceil(5 * ((performance.now() - begin) / 1_000));
    expect(count(answers, 200)).toBeGreaterThanOrEqual(10);
    expect(count(answers, 200)).toBeLessThanOrEqual(Math.max(12, 10 + added));
    expect(count(answers, 429)).toBe(100 - count(answers, 200));
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.body).toBe('{"message":"Too Many Requests"}');
    expect(refused?.headers).toMatchObject({
      "x-amzn-errortype": "TooManyRequestsException",
      "retry-after": "1",
      "content-type": "application/json",
    });
  });

  test("each key has a bucket of its own", async () => {
    const bot = await outlet.publish({ throttle: { burstLimit: 1, rateLimit: 0.01 }, quota: null });
    const owner = await outlet.as("owner");
    const path = `/bots/${bot.botId}/publication/keys`;
    const second = (await owner("POST", path, { label: "Second" })).json;
    const other = { ...bot, apiKey: second.value };
    expect([(await get(bot, "/health")).status, (await get(bot, "/health")).status]).toEqual([
      200, 429,
    ]);
    expect((await get(other, "/health")).status).toBe(200);
  });
});

describe("quota", () => {
  test("the request after the last one allowed is refused, and refusals do not count", async () => {
    const bot = await outlet.publish({ throttle: null, quota: { limit: 3, period: "DAY" } });
    const answers: Answer[] = [];
    for (let i = 0; i < 5; i++) answers.push(await get(bot, "/health"));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[3]?.body).toBe('{"message":"Limit Exceeded"}');
    expect(answers[3]?.headers["x-amzn-errortype"]).toBe("LimitExceededException");
    const owner = await outlet.as("owner");
    const path = `/bots/${bot.botId}/publication`;
    await owner("PATCH", path, { quota: { limit: 4, period: "DAY" } });
    let status = "updating";
    while (status === "updating") status = (await owner("GET", path)).json.status;
    expect((await get(bot, "/health")).status).toBe(200);
    expect((await get(bot, "/health")).status).toBe(429);
  });
});

describe("allow-list", () => {
  test("addresses outside it get 403 on every bot, those inside get through", async () => {
    const bots = [await outlet.publish(), await outlet.publish()];
    for (const bot of bots) {
      expect((await get(bot, "/health", "127.0.0.1")).status).toBe(200);
      expect((await get(bot, "/health", "127.5.99.1")).status).toBe(200);
      for (const outside of ["127.0.0.2", "127.6.0.1", "127.255.255.254"]) {
        const refused = await get(bot, "/health", outside);
        expect([refused.status, refused.body]).toEqual([403, '{"message":"Forbidden"}']);
      }
    }
  });

  test("an owner whose own address is outside can publish all the same", async () => {
    const walled = await startOutlet(["--allow", "10.0.0.0/8"]);
    try {
      const bot = await walled.publish();
      expect((await get(bot, "/health")).status).toBe(403);
    } finally {
      await walled.stop();
    }
  });
});
