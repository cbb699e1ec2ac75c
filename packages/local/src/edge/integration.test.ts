import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spec, startEdge, type TestEdge } from "./edge.test-support.ts";
import { expectGatewayAnswer, key } from "./gateway-answer.test-support.ts";

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

  /** Gives the integration less time than the template does. */
  const hurry = async (test: TestEdge) => {
    const path = join(test.dataDir, "stacks", "outlet-bot1.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll('"timeoutInMillis":900000', '"timeoutInMillis":50'));
    await test.restart();
  };

  it("that takes too long is a 504", async () => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    await using test = await startEdge({
      api: async (_, respond) => {
        await late;
        respond({ statusCode: 200, headers: {} }).end("late");
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    await hurry(test);
    const answer = await test.call(`/${restApiId}/api/x`, key("key-a"));
    resolve();
    expectGatewayAnswer(
      answer,
      504,
      '{"message": "Endpoint request timed out"}',
      "InternalServerErrorException",
    );
    expect((await test.log(restApiId)).at(-1)).toMatchObject({ errorType: "INTEGRATION_TIMEOUT" });
  });

  it("that streams for too long has its connection broken", async () => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    await using test = await startEdge({
      api: async (_, respond) => {
        const stream = respond({ statusCode: 200, headers: {} });
        stream.write("half");
        await late;
        stream.end();
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    await hurry(test);
    await expect(test.call(`/${restApiId}/api/x`, key("key-a"))).rejects.toThrow("aborted");
    resolve();
  });

  it("whose headers cannot be sent runs to its end", async () => {
    const finished = Promise.withResolvers<void>();
    await using test = await startEdge({
      api: async (_, respond) => {
        const stream = respond({ statusCode: 200, headers: { a: "x\ny" } });
        for (let chunk = 0; chunk < 50; chunk++) {
          if (!stream.write(Buffer.alloc(65_536))) await once(stream, "drain");
        }
        stream.end(finished.resolve);
      },
    });
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    expect((await test.call(`/${restApiId}/api/x`, key("key-a"))).status).toBe(502);
    await finished.promise;
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
