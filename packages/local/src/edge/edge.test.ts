import { once } from "node:events";
import { request } from "node:http";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startEdge, spec } from "./edge.test-support.ts";

const withKey = { headers: { "x-api-key": "key-a" } };

describe("a published bot's API", () => {
  it("hands its function the event of a REST proxy integration", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const { status, headers, text } = await test.call(
      `/${restApiId}/api/conversation/a%2Fb%20c?x=1&x=2&y=%C3%A9`,
      {
        method: "POST",
        headers: { "x-api-key": "key-a", "User-Agent": "t/1", "X-Forwarded-For": "9.9.9.9" },
        body: "héllo",
      },
    );
    const event = JSON.parse(text);
    expect(status).toBe(200);
    expect(event).toMatchObject({
      resource: "/{proxy+}",
      path: "/conversation/a%2Fb%20c",
      httpMethod: "POST",
      pathParameters: { proxy: "conversation/a/b c" },
      queryStringParameters: { x: "2", y: "é" },
      multiValueQueryStringParameters: { x: ["1", "2"], y: ["é"] },
      stageVariables: { botId: "BOT1", stackName: "outlet-bot1" },
      body: "héllo",
      isBase64Encoded: false,
      headers: {
        "x-api-key": "key-a",
        "User-Agent": "t/1",
        "X-Forwarded-For": "9.9.9.9, 127.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Port": String(test.port),
      },
      requestContext: {
        accountId: "000000000000",
        apiId: restApiId,
        stage: "api",
        domainName: `localhost:${test.port}`,
        path: `/${restApiId}/api/conversation/a%2Fb%20c`,
        resourcePath: "/{proxy+}",
        protocol: "HTTP/1.1",
        requestId: headers["x-amzn-requestid"],
        extendedRequestId: headers["x-amz-apigw-id"],
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.any(Number),
        identity: {
          sourceIp: "127.0.0.1",
          userAgent: "t/1",
          apiKey: "gateway-key-a",
          apiKeyId: "id-key-a",
        },
        authorizer: {
          principalId: "id-of-key-a",
          clientId: "key-a",
          attempts: "1",
          trial: "true",
          integrationLatency: expect.any(Number),
        },
      },
    });
    expect(Object.keys(event.headers)).not.toContain("Content-Length");
  });

  it("answers the root, and routes nobody wrote down, through its function", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    for (const [path, resource] of [
      [`/${restApiId}/api`, "/"],
      [`/${restApiId}/api/`, "/"],
      [`/${restApiId}/api/no/such/route`, "/{proxy+}"],
    ] as const) {
      const { status, text } = await test.call(path, withKey);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ resource, body: null, queryStringParameters: null });
    }
  });

  it("lets its function answer a preflight, which has no key", async () => {
    await using test = await startEdge({
      api: async (_, respond) => {
        respond({
          statusCode: 204,
          headers: { "access-control-allow-origin": "https://a.shop" },
        }).end("");
      },
    });
    const { restApiId } = await test.publish(
      spec("BOT1", { throttle: { burstLimit: 0, rateLimit: 0 } }),
    );
    const { status, headers } = await test.call(`/${restApiId}/api/conversation`, {
      method: "OPTIONS",
      headers: { Origin: "https://a.shop", "Access-Control-Request-Method": "POST" },
    });
    expect(status).toBe(204);
    expect(headers["access-control-allow-origin"]).toBe("https://a.shop");
  });

  it("sends the beginning of a stream before its end is known", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using test = await startEdge({
      api: async (_, respond) => {
        const stream = respond({
          statusCode: 200,
          headers: { "content-type": "text/event-stream" },
        });
        stream.write("data: first\n\n");
        await promise;
        stream.end("data: last\n\n");
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const req = request({ port: test.port, path: `/${restApiId}/api/x`, agent: false, ...withKey });
    req.end();
    const [res] = await once(req, "response");
    const [first] = await once(res, "data");
    expect(String(first)).toBe("data: first\n\n");
    resolve();
    const [last] = await once(res, "data");
    expect(String(last)).toBe("data: last\n\n");
  });

  it("lets its function finish when the caller goes away", async () => {
    const gone = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<number>();
    await using test = await startEdge({
      api: async (_, respond) => {
        const stream = respond({ statusCode: 200, headers: {} });
        stream.write("first");
        await gone.promise;
        let chunks = 0;
        for (; chunks < 100; chunks++) {
          if (!stream.write(Buffer.alloc(65_536))) await once(stream, "drain");
        }
        stream.end(() => finished.resolve(chunks));
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const req = request({ port: test.port, path: `/${restApiId}/api/x`, agent: false, ...withKey });
    req.end();
    const [res] = await once(req, "response");
    await once(res, "data");
    res.destroy();
    gone.resolve();
    expect(await finished.promise).toBe(100);
  });

  it("slows its function down to the caller's pace", async () => {
    let written = 0;
    await using test = await startEdge({
      api: async (_, respond) => {
        const stream = respond({ statusCode: 200, headers: {} });
        for (; written < 1_000; written++) {
          if (!stream.write(Buffer.alloc(65_536))) await once(stream, "drain");
        }
        stream.end();
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const req = request({ port: test.port, path: `/${restApiId}/api/x`, agent: false, ...withKey });
    req.end();
    const [res] = await once(req, "response");
    for (let before = -1; before !== written; ) {
      before = written;
      for (let turn = 0; turn < 200; turn++) await setImmediate();
    }
    expect(written).toBeLessThan(500);
    let length = 0;
    for await (const chunk of res) length += chunk.length;
    expect(length).toBe(65_536_000);
  });

  it("renames headers a function may not set", async () => {
    await using test = await startEdge({
      api: async (_, respond) => {
        const headers = { "WWW-Authenticate": "Bearer", "x-amzn-requestid": "mine", a: "b" };
        respond({
          statusCode: 401,
          headers,
          multiValueHeaders: { m: ["1", "2"] },
          cookies: ["c=1", "d=2"],
        }).end("no");
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const { status, headers, text } = await test.call(`/${restApiId}/api/x`, withKey);
    expect([status, text]).toEqual([401, "no"]);
    expect(headers).toMatchObject({
      "x-amzn-remapped-www-authenticate": "Bearer",
      "content-type": "application/json",
      "set-cookie": ["c=1", "d=2"],
      a: "b",
      m: "1, 2",
    });
    expect(headers["x-amzn-requestid"]).not.toBe("mine");
    expect(headers).not.toHaveProperty("www-authenticate");
  });

  it("leaves paths that are none of a REST API to others", async () => {
    await using test = await startEdge();
    for (const path of ["/", "/console", "/publishing/x", "/oauth2/authorize?a=1"]) {
      expect((await test.call(path)).status).toBe(418);
    }
  });
});

describe("the access log", () => {
  it("has one line per request, with the key's id and never a key", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const { headers } = await test.call(`/${restApiId}/api/health?key=1`, {
      headers: { "x-api-key": "key-a", "User-Agent": 'say "hi"\\' },
    });
    await test.call(`/${restApiId}/api/health`, { headers: { "x-api-key": "wrong" } });
    const [served, refused, ...more] = await test.log(restApiId);
    expect(more).toEqual([]);
    expect(served).toMatchObject({
      botId: "BOT1",
      requestId: headers["x-amzn-requestid"],
      apiId: restApiId,
      stage: "api",
      httpMethod: "GET",
      resourcePath: "/{proxy+}",
      status: "200",
      sourceIp: "127.0.0.1",
      keyId: "id-key-a",
      errorType: "-",
      wafResponse: "WAF_ALLOW",
      responseLength: expect.stringMatching(/^\d{3,}$/),
      integrationLatency: expect.stringMatching(/^\d+$/),
      responseLatency: expect.stringMatching(/^\d+$/),
    });
    expect(refused).toMatchObject({
      status: "403",
      errorType: "ACCESS_DENIED",
      keyId: "-",
      integrationLatency: "-",
    });
    const text = JSON.stringify([served, refused]);
    expect(text).not.toContain("gateway-key-a");
    expect(text).not.toContain('"key-a"');
  });

  it("goes with the API", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    await test.call(`/${restApiId}/api/health`, withKey);
    await test.edge.provisioner.remove("outlet-bot1", "t");
    expect(await test.log(restApiId)).toEqual([]);
  });
});
