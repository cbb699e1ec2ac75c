import { expect, test } from "vitest";
import { dev, prod } from "./app.ts";

test("CloudFront tells callers apart by their token, whatever else is equal about their requests", () => {
  const { inputs } = prod.one("aws:cloudfront/cachePolicy:CachePolicy");
  expect(inputs).toMatchObject({
    parametersInCacheKeyAndForwardedToOrigin: {
      headersConfig: {
        headerBehavior: "whitelist",
        headers: { items: expect.arrayContaining(["authorization"]) },
      },
    },
  });
});

test("a test answer may take five minutes", () => {
  const { inputs } = prod.one("aws:apigateway/integration:Integration");
  expect(inputs).toMatchObject({ responseTransferMode: "STREAM", timeoutMilliseconds: 300_000 });
});

const client = "aws:cognito/userPoolClient:UserPoolClient";

test("under sst dev, sign-in leads back to the console on this machine; deployed, it never does", () => {
  const callbacks = (app: typeof prod) => String(app.one(client, /Console/).inputs.callbackUrls);
  expect(callbacks(dev)).toContain("http://localhost:5173/auth/callback");
  expect(callbacks(prod)).not.toContain("localhost");
});

test("a command listens on a port that Cognito knows", () => {
  expect(prod.one(client, /CommandLine/).inputs.callbackUrls).toEqual(
    [8976, 8977, 8978].map((port) => `http://localhost:${port}/callback`),
  );
});
