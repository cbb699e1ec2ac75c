import { type Outlet, type PublishedBot, startOutlet } from "@outlet/local/runtime/runtime-fixture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientRequests } from "../../src/clients/requests.ts";
import { byCurl, byFetch, byRawSocket, run, type Sender } from "../../src/clients/senders.ts";

let outlet: Outlet;
let bot: PublishedBot;

beforeAll(async () => {
  outlet = await startOutlet();
  bot = await outlet.publish({
    throttle: null,
    quota: null,
    allowedOrigins: ["https://shop.example:443"],
  });
});
afterAll(() => outlet.stop());

const hasCurl = await run("curl", ["--version"]).then(
  () => true,
  () => false,
);

const senders: [string, Sender, typeof clientRequests][] = [
  // A standard `Request` holds no body of a GET.
  ["fetch", byFetch, clientRequests.filter(({ only }) => only === undefined)],
  ["HTTP/1.1 over a socket", byRawSocket("1.1"), clientRequests],
  ["HTTP/1.1 with the whole URL as its target", byRawSocket("1.1", "absolute"), clientRequests],
  ["HTTP/1.0 over a socket", byRawSocket("1.0"), clientRequests],
];

describe.each(senders)("by %s", (_name, send, requests) => {
  test.each(requests)("$name is answered as to any client", async (request) => {
    const { status, code = null } = request.right;
    const answer = await send(bot.endpoint, bot.apiKey, request);
    const type = code === null ? /^application\/json/ : /^application\/problem\+json/;
    // HEAD has no body to tell a code by.
    expect(answer).toEqual({ status, code, type: expect.stringMatching(type) });
  });
});

// Everywhere but where it is not installed, such as on some build machines.
describe.skipIf(!hasCurl)("by curl", () => {
  test.each(clientRequests.filter(({ only }) => only !== "raw"))(
    "$name is answered as to any client",
    async (request) => {
      const { status, code = null } = request.right;
      expect(await byCurl(bot.endpoint, bot.apiKey, request)).toMatchObject({ status, code });
    },
  );
});

describe("a browser's preflight", () => {
  const preflight = async (origin: string, asked: string) => {
    const { headers } = await fetch(`${bot.endpoint}/conversation`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": asked,
      },
    });
    return headers;
  };

  test("is granted every header that tracing and SDKs add", async () => {
    const asked = "authorization,baggage,content-type,sentry-trace,traceparent,x-stainless-os";
    const headers = await preflight("https://shop.example", asked);
    const granted = headers.get("access-control-allow-headers")?.split(",") ?? [];
    expect(granted).toEqual(expect.arrayContaining(asked.split(",")));
    expect(headers.get("access-control-allow-origin")).toBe("https://shop.example");
  });

  test("is granted nothing that is no header's name, nor to another origin", async () => {
    const headers = await preflight("https://shop.example", "x-good, bad name,<script>,*");
    const granted = headers.get("access-control-allow-headers") ?? "";
    expect(granted).toContain("x-good");
    expect(granted).not.toMatch(/bad name|script/);
    const foreign = await preflight("https://shop.example:8443", "x-good");
    expect(foreign.get("access-control-allow-origin")).toBeNull();
  });
});

test("a throttled key is told how long its bucket takes for one token", async () => {
  const slow = await outlet.publish({ throttle: { burstLimit: 1, rateLimit: 0.2 } });
  const replies = [];
  for (let times = 0; times < 3; times++) replies.push(await slow.call("GET", "/health"));
  const refused = replies.find(({ status }) => status === 429);
  expect(refused?.headers.get("retry-after")).toBe("5");
});
