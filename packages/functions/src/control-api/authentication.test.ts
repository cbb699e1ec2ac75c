import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Problem } from "@outlet/core/foundation/problem";
import fc from "fast-check";
import { Hono } from "hono";
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuthenticationOptions, authenticate } from "./authentication.ts";

const own = await generateKeyPair("RS256", { extractable: true });
const foreign = await generateKeyPair("RS256", { extractable: true });
const now = Math.floor(Date.now() / 1000);

let server: Server;
let issuer: string;
/** How the key endpoint answers now; requests are counted by path. */
let answerKeys: () => Promise<{ status: number; body: { keys: JWK[] } }> = async () => ({
  status: 200,
  body: await keySet(),
});
let discoveredIssuer: string | undefined;
const hits: Record<string, number> = {};

const keySet = async () => ({
  keys: [{ ...(await exportJWK(own.publicKey)), kid: "k1", alg: "RS256", use: "sig" }],
});

beforeAll(async () => {
  server = createServer(async (req, res) => {
    const path = req.url ?? "";
    hits[path] = (hits[path] ?? 0) + 1;
    const { status, body } = path.endsWith("/keys")
      ? await answerKeys()
      : { status: 200, body: { issuer: discoveredIssuer ?? issuer, jwks_uri: `${issuer}/keys` } };
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
});
afterAll(() => server.close());

function createApp(options: Partial<AuthenticationOptions> = {}) {
  const app = new Hono();
  const authentication = authenticate({ issuer, clientIds: ["console", "cli"], ...options });
  app.get("/me", authentication, (c) => c.json(c.get("caller")));
  app.onError((error, c) => {
    if (!(error instanceof Problem.ProblemError)) throw error;
    const { code, message, cause } = error;
    return c.json({ code, message, hasCause: cause !== undefined }, error.status as 401);
  });
  return app;
}

const claims = (changes: Record<string, unknown> = {}) => ({
  sub: "user-1",
  iss: issuer,
  token_use: "access",
  client_id: "console",
  username: "ada",
  "cognito:groups": ["PublishAllowed"],
  iat: now,
  exp: now + 60,
  ...changes,
});

const sign = (payload: Record<string, unknown>, key = own.privateKey, kid = "k1") =>
  new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid }).sign(key);

async function ask(token: string | undefined, app = createApp()) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  const response = await app.request("/me", { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const bearer = async (changes: Record<string, unknown> = {}) =>
  `Bearer ${await sign(claims(changes))}`;

describe("a live access token", () => {
  test("tells the route who is calling and what they may do", async () => {
    expect(await ask(await bearer())).toEqual({
      status: 200,
      body: {
        userId: "user-1",
        username: "ada",
        groups: ["PublishAllowed"],
        isAdmin: false,
        mayPublish: true,
        session: expect.any(String),
      },
    });
  });

  test("is taken whatever the case of the scheme's name", async () => {
    expect((await ask((await bearer()).replace("Bearer", "bearer"))).status).toBe(200);
  });

  test("is taken from every client on the list and from no other", async () => {
    expect((await ask(await bearer({ client_id: "cli" }))).status).toBe(200);
    for (const client_id of ["else", "", ["console"], undefined]) {
      expect((await ask(await bearer({ client_id }))).body["code"]).toBe("unauthenticated");
    }
  });

  test.each([
    [
      ["Admin", "x"],
      ["Admin", "x"],
    ],
    ["Admin,x", ["Admin", "x"]],
    ["[Admin x]", ["Admin", "x"]],
    ["Admin", ["Admin"]],
    ["[]", []],
    ["", []],
    [undefined, []],
  ] as [unknown, string[]][])("names its groups as %j", async (written, groups) => {
    const { body } = await ask(await bearer({ "cognito:groups": written }));
    expect(body).toMatchObject({ groups, isAdmin: groups.includes("Admin") });
  });

  test.each([[7], [{ Admin: true }], [["Admin", 7]], [null]])(
    "is refused where its groups are %j",
    async (written) => {
      expect((await ask(await bearer({ "cognito:groups": written }))).status).toBe(401);
    },
  );
});

describe("what is no live access token of this issuer", () => {
  const refused = async (token: string) => {
    const { status, body } = await ask(token);
    expect(body).toMatchObject({ code: "unauthenticated" });
    expect(status).toBe(401);
    return body["message"];
  };

  test("nothing at all is told to sign in", async () => {
    const { body } = await ask(undefined);
    expect(body).toMatchObject({
      code: "unauthenticated",
      message: expect.stringMatching(/^Sign in/),
    });
  });

  test("any other authorization header is refused without asking the issuer", async () => {
    const before = { ...hits };
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[\x20-\x7e]*$/).filter((text) => !/^\s*bearer /i.test(text)),
        async (header) => {
          expect((await ask(header)).status).toBe(401);
        },
      ),
    );
    expect(hits).toEqual(before);
  });

  test("an expired token is told apart", async () => {
    expect(await refused(await bearer({ exp: now - 6 }))).toMatch(/expired/);
  });

  test("a clock five seconds off is forgiven", async () => {
    // By the time it is asked, not by that at which this file was loaded.
    const exp = Math.floor(Date.now() / 1000) - 1;
    expect((await ask(await bearer({ exp }))).status).toBe(200);
  });

  test("a token that is not valid yet, never expires or names no user is refused", async () => {
    await refused(await bearer({ nbf: now + 60 }));
    await refused(await bearer({ exp: undefined }));
    await refused(await bearer({ sub: undefined }));
    await refused(await bearer({ sub: "" }));
  });

  test("an ID token is refused", async () => {
    expect(await refused(await bearer({ token_use: "id", aud: "console" }))).toMatch(/ID token/);
    await refused(await bearer({ token_use: undefined }));
  });

  test("a token of another issuer is refused even if signed with our key", async () => {
    for (const iss of [`${issuer}/`, `${issuer}x`, issuer.toUpperCase(), undefined]) {
      await refused(await bearer({ iss }));
    }
  });

  test("a token signed with another key under our key's name is refused", async () => {
    await refused(`Bearer ${await sign(claims(), foreign.privateKey)}`);
  });

  test("a token naming an unknown key is refused", async () => {
    await refused(`Bearer ${await sign(claims(), foreign.privateKey, "k2")}`);
  });

  test("an unsigned token is refused", async () => {
    await refused(`Bearer ${new UnsecuredJWT(claims()).encode()}`);
    const [header, payload] = (await sign(claims())).split(".");
    await refused(`Bearer ${header}.${payload}.`);
  });

  test("a token signed by HMAC under the public key is refused", async () => {
    for (const secret of [
      await exportSPKI(own.publicKey),
      JSON.stringify(await exportJWK(own.publicKey)),
    ]) {
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: "HS256", kid: "k1" })
        .sign(new TextEncoder().encode(secret));
      await refused(`Bearer ${token}`);
    }
  });

  test("a token signed by another algorithm of the same key is refused", async () => {
    answerKeys = async () => ({
      status: 200,
      body: { keys: [{ ...(await exportJWK(own.publicKey)), kid: "k1" }] },
    });
    const jwk = await exportJWK(own.privateKey);
    for (const alg of ["RS256", "RS512", "PS256"]) {
      const key = await importJWK(jwk, alg);
      const token = await new SignJWT(claims()).setProtectedHeader({ alg, kid: "k1" }).sign(key);
      expect((await ask(`Bearer ${token}`)).status).toBe(alg === "RS256" ? 200 : 401);
    }
    answerKeys = async () => ({ status: 200, body: await keySet() });
  });

  test("a token whose payload was changed after signing is refused", async () => {
    const [header, , signature] = (await sign(claims())).split(".");
    const forged = Buffer.from(JSON.stringify(claims({ "cognito:groups": ["Admin"] })));
    await refused(`Bearer ${header}.${forged.toString("base64url")}.${signature}`);
  });

  test("a refusal carries nothing of the token", async () => {
    const token = await sign(claims({ exp: now - 60 }));
    const { body } = await ask(`Bearer ${token}`);
    expect(JSON.stringify(body)).not.toContain(token.split(".")[1]);
    expect(body["hasCause"]).toBe(false);
  });
});

describe("the issuer's keys", () => {
  test("are found through discovery once and fetched once for many requests", async () => {
    const app = createApp();
    const token = await bearer();
    const before = { ...hits };
    await Promise.all(Array.from({ length: 20 }, () => ask(token, app)));
    const grown = (path: string) => (hits[path] ?? 0) - (before[path] ?? 0);
    expect(grown("/pool/.well-known/openid-configuration")).toBe(1);
    expect(grown("/pool/keys")).toBe(1);
  });

  test("are not discovered where their place is given", async () => {
    const before = hits["/pool/.well-known/openid-configuration"];
    expect((await ask(await bearer(), createApp({ jwksUri: `${issuer}/keys` }))).status).toBe(200);
    expect(hits["/pool/.well-known/openid-configuration"]).toBe(before);
  });

  test("out of reach are the service's failure, not the caller's", async () => {
    const app = createApp();
    const token = await bearer();
    answerKeys = async () => ({ status: 500, body: { keys: [] } });
    expect((await ask(token, app)).body).toMatchObject({ code: "service_unavailable" });
    answerKeys = async () => ({ status: 200, body: await keySet() });
    expect((await ask(token, app)).status).toBe(200);
  });

  test("where nobody listens are the service's failure, and found once somebody does", async () => {
    const gone = createApp({ issuer: "http://127.0.0.1:9/pool" });
    expect((await ask(await bearer(), gone)).body).toMatchObject({ code: "service_unavailable" });
  });

  test("named by another issuer's discovery document are not used", async () => {
    discoveredIssuer = "http://127.0.0.1/another";
    const app = createApp();
    expect((await ask(await bearer(), app)).body).toMatchObject({ code: "service_unavailable" });
    discoveredIssuer = undefined;
    expect((await ask(await bearer(), app)).status).toBe(200);
  });

  test("at hand go on serving while an unknown key's name cannot be looked up", async () => {
    const app = createApp({ cache: { cooldownSeconds: 0 } });
    const token = await bearer();
    expect((await ask(token, app)).status).toBe(200);
    answerKeys = async () => ({ status: 500, body: { keys: [] } });
    const unknown = `Bearer ${await sign(claims(), foreign.privateKey, "k2")}`;
    expect((await ask(unknown, app)).body).toMatchObject({ code: "service_unavailable" });
    expect((await ask(token, app)).status).toBe(200);
    answerKeys = async () => ({ status: 200, body: await keySet() });
  });
});
