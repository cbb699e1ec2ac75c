import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { fixedClock, knowsKeys, spec, startEdge, type TestEdge } from "./edge.test-support.ts";
import { expectGatewayAnswer, key } from "./gateway-answer.test-support.ts";
import { BodyRoom, NoRoom, readBody } from "./request-body.ts";

describe("the throttle", () => {
  it("counts by arrival: a slow authorizer lets no more of a hundred at once through", async () => {
    const clock = fixedClock("2026-11-22T10:00:00Z");
    const all = Promise.withResolvers<void>();
    let arrived = 0;
    await using test = await startEdge({
      clock,
      authorizer: async (event) => {
        if (++arrived === 100) {
          clock.set("2026-11-22T11:00:00Z");
          all.resolve();
        }
        await all.promise;
        return knowsKeys(event);
      },
    });
    const throttle = { burstLimit: 10, rateLimit: 5 };
    const { restApiId } = await test.publish(spec("BOT1", { throttle }), ["key-a"]);
    const call = () => test.call(`/${restApiId}/api/health`, key("key-a"));
    const answers = await Promise.all(Array.from({ length: 100 }, call));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });

  it("lets ten to twelve of a hundred at once through", async () => {
    await using test = await startEdge();
    const throttle = { burstLimit: 10, rateLimit: 5 };
    const { restApiId } = await test.publish(spec("BOT1", { throttle }), ["key-a", "key-b"]);
    const call = () => test.call(`/${restApiId}/api/health`, key("key-a"));
    const begin = performance.now();
    const answers = await Promise.all(Array.from({ length: 100 }, call));
    // What the rate adds while the requests are still being sent, on a machine that is slow at it.
    const added = Math.ceil(5 * ((performance.now() - begin) / 1_000));
    const served = answers.filter(({ status }) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(10);
    expect(served).toBeLessThanOrEqual(Math.max(12, 10 + added));
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectGatewayAnswer(
        answer,
        429,
        '{"message":"Too Many Requests"}',
        "TooManyRequestsException",
      );
      expect(answer.headers["retry-after"]).toBe("1");
    }
    // Another key has a bucket of its own.
    expect((await test.call(`/${restApiId}/api/health`, key("key-b"))).status).toBe(200);
  });

  it("fills up at its rate, to the burst and no further", async () => {
    const clock = fixedClock("2026-11-22T10:00:00Z");
    await using test = await startEdge({ clock });
    const throttle = { burstLimit: 2, rateLimit: 0.5 };
    const { restApiId } = await test.publish(spec("BOT1", { throttle }), ["key-a"]);
    const served = async (count: number) => {
      let ok = 0;
      for (let i = 0; i < count; i++) {
        if ((await test.call(`/${restApiId}/api/health`, key("key-a"))).status === 200) ok++;
      }
      return ok;
    };
    expect(await served(3)).toBe(2);
    clock.set("2026-11-22T10:00:01.900Z");
    expect(await served(1)).toBe(0);
    clock.set("2026-11-22T10:00:02Z");
    expect(await served(2)).toBe(1);
    clock.set("2026-11-22T11:00:00Z");
    expect(await served(5)).toBe(2);
  });
});

describe("a change of the throttle", () => {
  it("begins with a full bucket, a change of something else does not", async () => {
    const clock = fixedClock("2026-11-22T10:00:00Z");
    await using test = await startEdge({ clock });
    const narrow = { burstLimit: 1, rateLimit: 0.1 };
    const { restApiId } = await test.publish(spec("BOT1", { throttle: narrow }), ["key-a"]);
    const served = async (count: number) => {
      let ok = 0;
      for (let i = 0; i < count; i++) {
        if ((await test.call(`/${restApiId}/api/health`, key("key-a"))).status === 200) ok++;
      }
      return ok;
    };
    expect(await served(2)).toBe(1);
    const change = (token: string, over: Parameters<typeof spec>[1]) =>
      test.edge.provisioner.deploy(spec("BOT1", over), token);
    await change("origins", { throttle: narrow, allowedOrigins: ["https://a.example"] });
    expect(await served(1)).toBe(0);
    await change("throttle", { throttle: { burstLimit: 3, rateLimit: 0.1 } });
    expect(await served(5)).toBe(3);
  });
});

describe("the quota", () => {
  const health = (test: TestEdge, restApiId: string) =>
    test.call(`/${restApiId}/api/health`, key("key-a"));

  it.each([
    ["DAY", "2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00Z"],
    // 22 November 2026 is a Sunday.
    ["WEEK", "2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00Z"],
    ["MONTH", "2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z"],
  ] as const)(
    "per %s refuses the request after the last, until the period ends",
    async (period, last, next) => {
      const clock = fixedClock("2026-11-22T00:00:00Z");
      await using test = await startEdge({ clock });
      const quota = { limit: 3, period };
      const { restApiId } = await test.publish(spec("BOT1", { quota }), ["key-a"]);
      for (let i = 0; i < 3; i++) expect((await health(test, restApiId)).status).toBe(200);
      clock.set(last);
      const refused = await health(test, restApiId);
      expectGatewayAnswer(refused, 429, '{"message":"Limit Exceeded"}', "LimitExceededException");
      expect(refused.headers["x-should-retry"]).toBe("false");
      expect(refused.headers).not.toHaveProperty("retry-after");
      clock.set(next);
      expect((await health(test, restApiId)).status).toBe(200);
    },
  );

  it("counts no refused request", async () => {
    const clock = fixedClock("2026-11-22T10:00:00Z");
    await using test = await startEdge({ clock });
    const stack = spec("BOT1", {
      throttle: { burstLimit: 1, rateLimit: 1 },
      quota: { limit: 2, period: "DAY" },
    });
    const { restApiId } = await test.publish(stack, ["key-a"]);
    expect((await health(test, restApiId)).status).toBe(200);
    for (let i = 0; i < 5; i++) expect((await health(test, restApiId)).status).toBe(429);
    clock.set("2026-11-22T10:00:05Z");
    expect((await health(test, restApiId)).status).toBe(200);
    clock.set("2026-11-22T10:00:10Z");
    expect((await health(test, restApiId)).text).toBe('{"message":"Limit Exceeded"}');
  });

  it("stays used up when the key is taken out and put back", async () => {
    await using test = await startEdge({ clock: fixedClock("2026-11-22T10:00:00Z") });
    const stack = spec("BOT1", { quota: { limit: 1, period: "MONTH" } });
    const outputs = await test.publish(stack, ["key-a"]);
    expect((await health(test, outputs.restApiId)).status).toBe(200);
    const gatewayKey = { keyId: "id-key-a", value: "gateway-key-a" };
    await test.edge.provisioner.removeKey(outputs.stack, gatewayKey);
    await test.edge.provisioner.putKey(outputs.stack, gatewayKey);
    expect((await health(test, outputs.restApiId)).status).toBe(429);
  });
});

describe("a body", () => {
  const limit = 10_485_760;

  it("of exactly the limit reaches the function", async () => {
    await using test = await startEdge({
      api: async (event, respond) => {
        respond({ statusCode: 200, headers: {} }).end(String(event.body?.length));
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const { text } = await test.call(`/${restApiId}/api/x`, {
      ...key("key-a"),
      method: "POST",
      body: Buffer.alloc(limit, "x"),
    });
    expect(text).toBe(String(limit));
  });

  it.each([
    ["with Content-Length, before its key is looked at", { "Content-Length": String(limit + 1) }],
    ["chunked", { "Transfer-Encoding": "chunked", "x-api-key": "key-a" }],
  ])("over the limit is refused %s", async (_, headers) => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const answer = await test.call(`/${restApiId}/api/x`, {
      method: "POST",
      headers,
      body: Buffer.alloc(limit + 1, "x"),
    });
    expect([answer.status, answer.text]).toEqual([
      413,
      "HTTP content length exceeded 10485760 bytes.",
    ]);
    expect(answer.headers["content-type"]).toBe("text; charset=utf-8");
    expect((await test.log(restApiId)).at(-1)).toMatchObject({
      status: "413",
      errorType: "REQUEST_TOO_LARGE",
    });
  });

  it("without end is not received of who has no key", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const headers = { "Transfer-Encoding": "chunked" };
    const req = request({ port: test.port, path: `/${restApiId}/api/x`, method: "POST", headers });
    req.on("error", () => {});
    req.write("x".repeat(100));
    const [res] = (await once(req, "response")) as [IncomingMessage];
    expect(res.statusCode).toBe(403);
    req.destroy();
  });

  it("is refused where unfinished ones hold all there is for them", async () => {
    const room = new BodyRoom(100);
    const chunked = { "transfer-encoding": "chunked" };
    const bodies = [new PassThrough(), new PassThrough()];
    const [first, second] = bodies.map((body) =>
      readBody(Object.assign(body, { headers: chunked }) as unknown as IncomingMessage, room),
    );
    bodies[0]?.write("x".repeat(60));
    bodies[1]?.write("x".repeat(60));
    await expect(second).rejects.toBeInstanceOf(NoRoom);
    bodies[0]?.end();
    expect((await first)?.length).toBe(60);
    expect(room.take(100)).toBe(true);
  });

  it("that announces itself over the limit is refused before it is sent", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const headers = { "Content-Length": String(limit + 1) };
    const req = request({ port: test.port, path: `/${restApiId}/api/x`, method: "POST", headers });
    req.on("error", () => {});
    req.flushHeaders();
    const [res] = await once(req, "response");
    expect(res.statusCode).toBe(413);
    req.destroy();
  });

  it("that breaks off invokes nothing", async () => {
    let invoked = false;
    await using test = await startEdge({
      api: async (_, respond) => {
        invoked = true;
        respond({ statusCode: 200, headers: {} }).end("");
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const req = request({
      port: test.port,
      path: `/${restApiId}/api/x`,
      method: "POST",
      agent: false,
      headers: { "x-api-key": "key-a", "Content-Length": "10" },
    });
    req.on("error", () => {});
    req.write("half");
    while (test.edge.restApis().length === 0) await once(req, "socket");
    await new Promise<void>((resolve) =>
      req.on("socket", (socket) => socket.on("connect", () => resolve())),
    );
    req.destroy();
    await expect.poll(async () => (await test.log(restApiId)).length).toBe(1);
    expect(invoked).toBe(false);
  });
});
