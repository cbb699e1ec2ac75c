import { expect, test } from "vitest";
import { dev, fn, prod } from "./app.ts";

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

test("CloudFront keeps no error, which it does for ten seconds where nobody says otherwise", () => {
  const { customErrorResponses } = prod.one("aws:cloudfront/distribution:Distribution").inputs;
  const all = customErrorResponses as { errorCode: number; errorCachingMinTtl: number }[];
  expect(all.map(({ errorCode }) => errorCode)).toEqual(
    expect.arrayContaining([403, 404, 500, 502, 503, 504]),
  );
  for (const { errorCachingMinTtl } of all) expect(errorCachingMinTtl).toBe(0);
});

test("a test answer may take five minutes, and be silent for one", () => {
  const { inputs } = prod.one("aws:apigateway/integration:Integration");
  expect(inputs).toMatchObject({ responseTransferMode: "STREAM", timeoutMilliseconds: 300_000 });
  expect(fn("control-api").lambda.timeout).toBe(300);
  const route = prod.one("pulumi-nodejs:dynamic:Resource", /^RouterRoute\/apiRouteKey/).inputs;
  expect(JSON.parse(String(route.entries.metadata))).toMatchObject({
    origin: { timeouts: { readTimeout: 60 } },
  });
});

test("under sst dev, the console on this machine finds the control API where it is deployed", () => {
  const told = (app: typeof prod) =>
    JSON.stringify(app.one("sst:aws:StaticSite", "ConsoleSite").outputs);
  expect(told(dev)).toMatch(/"OUTLET_URL":"https:\/\/\w+\.cloudfront\.net/);
  expect(told(prod)).not.toContain("OUTLET_URL");
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

test("the console runs nothing but its own files, and reaches sign-in, its bucket and bots alone", () => {
  const { securityHeadersConfig } = prod.one(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
  ).inputs;
  const policy = String(securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy);
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  const [, connect] = /connect-src ([^;]*);/.exec(policy) ?? [];
  expect(connect).toMatch(
    /^'self' https:\/\/cognito-idp\.us-east-1\.amazonaws\.com https:\/\/outlet-prod-\S+\.amazoncognito\.com https:\/\/\S+\.s3\.us-east-1\.amazonaws\.com https:\/\/\*\.execute-api\.us-east-1\.amazonaws\.com$/,
  );
  const { defaultCacheBehavior } = prod.one("aws:cloudfront/distribution:Distribution").inputs;
  expect(defaultCacheBehavior.responseHeadersPolicyId).toBeTruthy();
});

test("tokens say for minutes which groups somebody is in, and are renewed for a day at most", () => {
  for (const name of [/Console/, /CommandLine/]) {
    expect(prod.one(client, name).inputs).toMatchObject({
      accessTokenValidity: 10,
      refreshTokenValidity: 12,
      tokenValidityUnits: { accessToken: "minutes", refreshToken: "hours" },
      enableTokenRevocation: true,
    });
  }
});
