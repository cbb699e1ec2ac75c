import { Problem } from "@outlet/core/foundation/problem";
import { authenticate } from "@outlet/functions/control-api/authentication";
import { Hono } from "hono";
import { importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../sign-in/sign-in.ts";
import { clientIds } from "./clients.ts";
import { type RunningIssuer, startIssuer } from "./issuer-fixture.ts";

let issuer: RunningIssuer;
let other: RunningIssuer;
beforeAll(async () => {
  [issuer, other] = await Promise.all([startIssuer(), startIssuer()]);
});
afterAll(async () => {
  await Promise.all([issuer[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
});

function createApp(ids: readonly string[] = clientIds) {
  const app = new Hono();
  app.get("/me", authenticate({ issuer: issuer.url, clientIds: ids }), (c) =>
    c.json(c.get("caller")),
  );
  app.onError((error, c) => {
    if (!(error instanceof Problem.ProblemError)) throw error;
    return c.json({ code: error.code }, error.status as 401);
  });
  return app;
}

async function ask(token: string, app = createApp()) {
  const response = await app.request("/me", { headers: { authorization: `Bearer ${token}` } });
  return (await response.json()) as Record<string, unknown>;
}

const signInAt = (at: RunningIssuer, user: "owner" | "user" | "admin") =>
  signIn({ issuer: at.url, user, password: at.password(user) });

/** A token that the issuer's own key signed, but that the issuer never gave out. */
async function signWithIssuerKey(changes: Record<string, unknown>): Promise<string> {
  const jwk = issuer.secrets.issuer.jwks.keys[0];
  if (!jwk) throw new Error("no key");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    client_id: "outlet-cli",
    token_use: "access",
    sub: "u",
    iat: now,
    exp: now + 60,
  };
  return new SignJWT({ ...claims, iss: issuer.url, ...changes })
    .setProtectedHeader({ alg: "RS256", kid: jwk.kid })
    .sign(await importJWK(jwk, "RS256"));
}

const refused = { code: "unauthenticated" };

describe("the control API in front of the embedded issuer", () => {
  test.each([
    ["owner", ["PublishAllowed"], { isAdmin: false, mayPublish: true }],
    ["user", [], { isAdmin: false, mayPublish: false }],
    ["admin", ["Admin"], { isAdmin: true, mayPublish: true }],
  ] as const)("knows %s by the token that signing in gave", async (name, groups, rights) => {
    const { accessToken } = await signInAt(issuer, name);
    const userId = issuer.secrets.subjects[name];
    const session: unknown = expect.stringMatching(/^\S{10,}$/);
    expect(await ask(accessToken)).toEqual({ userId, username: name, groups, ...rights, session });
  });

  test("knows a user by the same id after a restart", async () => {
    const { session, ...before } = await ask((await signInAt(issuer, "owner")).accessToken);
    issuer = await issuer.restart();
    const after = await ask((await signInAt(issuer, "owner")).accessToken);
    expect(after).toMatchObject(before);
    expect(after.session).not.toBe(session);
  });

  test("refuses the ID token of the same sign-in", async () => {
    expect(await ask((await signInAt(issuer, "admin")).idToken)).toEqual(refused);
  });

  test("refuses the token of another issuer", async () => {
    expect(await ask((await signInAt(other, "admin")).accessToken)).toEqual(refused);
  });

  test("refuses the token of a client it does not serve", async () => {
    const { accessToken } = await signInAt(issuer, "owner");
    expect(await ask(accessToken, createApp(["outlet-console"]))).toEqual(refused);
  });

  test("refuses an expired token, though the issuer's key signed it", async () => {
    expect(await ask(await signWithIssuerKey({}))).toMatchObject({ userId: "u" });
    expect(await ask(await signWithIssuerKey({ exp: 1_700_000_000 }))).toEqual(refused);
  });
});
