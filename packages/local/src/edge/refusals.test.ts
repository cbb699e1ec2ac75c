import { describe, expect, it } from "vitest";
import { spec, startEdge } from "./edge.test-support.ts";
import { expectGatewayAnswer, key } from "./gateway-answer.test-support.ts";

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
    await test.edge.provisioner.putKey(outputs.stack, gatewayKey);
    await test.edge.provisioner.removeKey(outputs.stack, gatewayKey);
    await test.edge.provisioner.removeKey(outputs.stack, gatewayKey);
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

  it("that fails is a fault of ours, not of the key, and a client may try again", async () => {
    const failed = await answer(async () => {
      throw new Error("the table is gone");
    });
    expectGatewayAnswer(
      failed,
      503,
      '{"message":"Service Unavailable"}',
      "AuthorizerFailureException",
    );
    expect(failed.headers["retry-after"]).toBe("2");
  });

  it("that answers nonsense is a fault of ours", async () => {
    const failed = await answer(async () => ({ isAuthorized: true }));
    expectGatewayAnswer(
      failed,
      503,
      '{"message":"Service Unavailable"}',
      "AuthorizerConfigurationException",
    );
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

describe("a browser", () => {
  it("may read refusals where an origin is allowed", async () => {
    await using test = await startEdge();
    const quota = { limit: 1, period: "DAY" } as const;
    const stack = spec("BOT1", { allowedOrigins: ["https://a.shop"], quota });
    const { restApiId } = await test.publish(stack, ["key-a"]);
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
