import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import {
  type Answer,
  fixedClock,
  knowsKeys,
  spec,
  startEdge,
  type TestEdge,
} from "./edge.test-support.ts";

const key = (name: string) => ({ headers: { "x-api-key": name } });

function expectGatewayAnswer(answer: Answer, status: number, body: string, errorType: string) {
  expect([answer.status, answer.text]).toEqual([status, body]);
  expect(answer.headers).toMatchObject({
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-amzn-errortype": errorType,
    "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/),
    "x-amz-apigw-id": expect.stringMatching(/^[\w-]{15}=$/),
  });
}

describe("a key", () => {
  it.each([
    ["absent", {}],
    ["unknown", { "x-api-key": "wrong" }],
    ["known to the authorizer but not to the usage plan", { "x-api-key": "key-b" }],
  ])("that is %s is refused with the same 403", async (_, headers) => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const answer = await test.call(`/${restApiId}/api/health`, { headers });
    expectGatewayAnswer(answer, 403, '{"message":"Forbidden"}', "ForbiddenException");
    expect(answer.headers).not.toHaveProperty("x-outlet-refused-by");
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("of one API is refused by another", async () => {
    await using test = await startEdge();
    const one = await test.publish(spec("BOT1"), ["key-a"]);
    const two = await test.publish(spec("BOT2"), ["key-b"]);
    const status = async (id: string, name: string) =>
      (await test.call(`/${id}/api/health`, key(name))).status;
    expect(await status(one.restApiId, "key-a")).toBe(200);
    expect(await status(two.restApiId, "key-b")).toBe(200);
    expect(await status(one.restApiId, "key-b")).toBe(403);
    expect(await status(two.restApiId, "key-a")).toBe(403);
  });

  it("is refused once it is removed, however often that is done", async () => {
    await using test = await startEdge();
    const outputs = await test.publish(spec("BOT1"), ["key-a"]);
    const gatewayKey = { keyId: "id-key-a", value: "gateway-key-a" };
    await test.edge.provisioner.putKey(outputs, gatewayKey);
    await test.edge.provisioner.removeKey(outputs, gatewayKey);
    await test.edge.provisioner.removeKey(outputs, gatewayKey);
    expect((await test.call(`/${outputs.restApiId}/api/health`, key("key-a"))).status).toBe(403);
  });
});

describe("an authorizer", () => {
  const answer = async (authorizer: () => Promise<unknown>) => {
    await using test = await startEdge({ authorizer });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    return await test.call(`/${restApiId}/api/health`, key("key-a"));
  };
  const policy = (...Statement: object[]) => ({
    principalId: "p",
    usageIdentifierKey: "gateway-key-a",
    policyDocument: { Version: "2012-10-17", Statement },
  });
  const allow = { Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" };

  it("that fails is a fault of ours, not of the key", async () => {
    const failed = await answer(async () => {
      throw new Error("the table is gone");
    });
    expectGatewayAnswer(failed, 500, '{"message":null}', "AuthorizerFailureException");
  });

  it("that answers nonsense is a fault of ours", async () => {
    const failed = await answer(async () => ({ isAuthorized: true }));
    expectGatewayAnswer(failed, 500, '{"message":null}', "AuthorizerConfigurationException");
  });

  it("that throws Unauthorized refuses the key", async () => {
    const refused = await answer(async () => {
      throw new Error("Unauthorized");
    });
    expect([refused.status, refused.text]).toEqual([403, '{"message":"Forbidden"}']);
  });

  it.each<[string, number, object[]]>([
    ["allows everything", 200, [allow]],
    [
      "allows by wildcard",
      200,
      [
        {
          ...allow,
          Action: ["execute-api:*"],
          Resource: ["arn:aws:execute-api:local:000000000000:*/api/GET/*"],
        },
      ],
    ],
    ["allows another verb", 403, [{ ...allow, Resource: "arn:aws:execute-api:*:*:*/api/POST/*" }]],
    ["allows another action", 403, [{ ...allow, Action: "s3:GetObject" }]],
    ["denies as well", 403, [allow, { ...allow, Effect: "Deny" }]],
    ["says nothing", 403, []],
  ])("whose policy %s leads to %i", async (_, status, statements) => {
    expect((await answer(async () => policy(...statements))).status).toBe(status);
  });
});

describe("an address", () => {
  it("outside the allow list is refused on every bot, and told by whom", async () => {
    await using test = await startEdge({ allow: ["127.0.0.0/29", "::1/128"] });
    for (const botId of ["BOT1", "BOT2"]) {
      const { restApiId } = await test.publish(spec(botId), ["key-a"]);
      const path = `/${restApiId}/api/health`;
      expect((await test.call(path, key("key-a"))).status).toBe(200);
      const refused = await test.call(path, { ...key("key-a"), localAddress: "127.0.0.9" });
      expectGatewayAnswer(refused, 403, '{"message":"Forbidden"}', "ForbiddenException");
      expect(refused.headers["x-outlet-refused-by"]).toBe("ip-allow-list");
      expect((await test.log(restApiId)).at(-1)).toMatchObject({
        errorType: "WAF_FILTERED",
        wafResponse: "WAF_BLOCK",
        sourceIp: "127.0.0.9",
      });
    }
  });

  it("is told from the socket, never from a header", async () => {
    await using test = await startEdge({ allow: ["10.0.0.0/8"] });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const headers = { "x-api-key": "key-a", "X-Forwarded-For": "10.0.0.1" };
    expect((await test.call(`/${restApiId}/api/health`, { headers })).status).toBe(403);
  });

  it.each([
    ["::1", ["::1/128"], 200],
    ["::1", ["127.0.0.0/8", "2001:db8::/32"], 403],
    ["127.0.0.1", ["127.0.0.0/8"], 200],
    ["127.0.0.1", [], 403],
  ])("%s against %j gets %i", async (host, allow, status) => {
    await using test = await startEdge({ allow, host });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    expect((await test.call(`/${restApiId}/api/health`, key("key-a"))).status).toBe(status);
  });

  it("of IPv4 is known as such on an IPv6 socket", async () => {
    await using test = await startEdge({ allow: ["127.0.0.0/8"], host: "::ffff:127.0.0.1" });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const { status, text } = await test.call(`/${restApiId}/api/health`, key("key-a"));
    expect(status).toBe(200);
    expect(JSON.parse(text).requestContext.identity.sourceIp).toBe("127.0.0.1");
  });

  it("range that is mistyped keeps the edge from starting", async () => {
    await expect(startEdge({ allow: ["127.0.0.0"] })).rejects.toThrow("CIDR");
  });
});

describe("a path", () => {
  it("of an API that is gone is not found", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    await test.edge.provisioner.remove("outlet-bot1", "t");
    const answer = await test.call(`/${restApiId}/api/health`, key("key-a"));
    expectGatewayAnswer(answer, 404, '{"message":"Not Found"}', "NotFoundException");
  });

  it("of another stage is forbidden", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const answer = await test.call(`/${restApiId}/live/health`, key("key-a"));
    expectGatewayAnswer(answer, 403, '{"message":"Forbidden"}', "ForbiddenException");
  });

  it("with a verb nobody wrote down misses its token", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const answer = await test.call(`/${restApiId}/api/health`, {
      ...key("key-a"),
      method: "TRACE",
    });
    expectGatewayAnswer(
      answer,
      403,
      '{"message":"Missing Authentication Token"}',
      "MissingAuthenticationTokenException",
    );
  });
});

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
    const answers = await Promise.all(Array.from({ length: 100 }, call));
    const served = answers.filter(({ status }) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(10);
    expect(served).toBeLessThanOrEqual(12);
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
    await test.edge.provisioner.removeKey(outputs, gatewayKey);
    await test.edge.provisioner.putKey(outputs, gatewayKey);
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
    ["with Content-Length", { "Content-Length": String(limit + 1) }],
    ["chunked", { "Transfer-Encoding": "chunked" }],
  ])("over the limit is refused before its key is looked at (%s)", async (_, headers) => {
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

describe("a function", () => {
  it.each<[string, Parameters<typeof startEdge>[0]]>([
    [
      "throws",
      {
        api: async () => {
          throw new Error("secret detail");
        },
      },
    ],
    [
      "says a header HTTP cannot carry",
      {
        api: async (_, respond) => {
          respond({ statusCode: 200, headers: { a: "x\ny" } }).end("z");
        },
      },
    ],
    [
      "says no status",
      {
        api: async (_, respond) => {
          respond({}).end("z");
        },
      },
    ],
  ])("that %s is a 502 without its reason", async (_, options) => {
    await using test = await startEdge(options);
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const answer = await test.call(`/${restApiId}/api/x`, key("key-a"));
    expectGatewayAnswer(
      answer,
      502,
      '{"message": "Internal server error"}',
      "InternalServerErrorException",
    );
    expect((await test.log(restApiId)).at(-1)).toMatchObject({
      status: "502",
      errorType: "INTEGRATION_FAILURE",
    });
  });

  it("that breaks off breaks the connection, for the status is said already", async () => {
    await using test = await startEdge({
      api: async (_, respond) => {
        const stream = respond({ statusCode: 200, headers: {} });
        await new Promise((resolve) => stream.write("half", resolve));
        throw new Error("broken");
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    await expect(test.call(`/${restApiId}/api/x`, key("key-a"))).rejects.toThrow("aborted");
  });
});

describe("a browser", () => {
  it("may read refusals where an origin is allowed", async () => {
    await using test = await startEdge();
    const stack = spec("BOT1", {
      allowedOrigins: ["https://a.shop"],
      quota: { limit: 0, period: "DAY" },
    });
    const { restApiId } = await test.publish({ ...stack, quota: { limit: 1, period: "DAY" } }, [
      "key-a",
    ]);
    await test.call(`/${restApiId}/api/x`, key("key-a"));
    for (const options of [
      key("key-a"),
      key("wrong"),
      key("key-b"),
      { ...key("key-a"), method: "TRACE" },
    ]) {
      const { status, headers } = await test.call(`/${restApiId}/api/x`, options);
      expect(status).toBeGreaterThan(400);
      expect(headers["access-control-allow-origin"]).toBe("https://a.shop");
      expect(headers["access-control-expose-headers"]).toContain("Retry-After");
    }
  });
});
