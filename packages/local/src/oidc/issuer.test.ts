import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createBrowser } from "../sign-in/browser.ts";
import { signIn } from "../sign-in/sign-in.ts";
import { parseSignInPage } from "../sign-in/sign-in-form.ts";
import {
  authorizationUrl,
  pkce,
  type RunningIssuer,
  requestTokens,
  startIssuer,
} from "./issuer-fixture.ts";

let issuer: RunningIssuer;
/** What was printed past the log: the provider's remarks on development defaults go there. */
const printed: unknown[] = [];
vi.spyOn(console, "warn").mockImplementation((line) => printed.push(line));
vi.spyOn(console, "info").mockImplementation((line) => printed.push(line));
beforeAll(async () => {
  issuer = await startIssuer();
});
afterEach(async () => {
  for (const user of issuer.users) expect(issuer.logged()).not.toContain(user.password);
});
afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
});

const atCallback = (url: URL) => url.pathname.endsWith("/callback");
const newBrowser = () => createBrowser(AbortSignal.timeout(20_000));

/** Signs the owner in with this request and comes back with where the browser was sent. */
async function passSignIn(start: URL, browser = newBrowser(), at = issuer): Promise<URL> {
  const page = await browser.open(start, atCallback);
  if (page.kind === "stopped") return page.url;
  const { form } = parseSignInPage(page.html, page.url);
  if (!form) throw new Error(page.html);
  const fields = { ...form.fields, name: "owner", password: at.password("owner") };
  const end = await browser.submit(form.action, fields, atCallback);
  if (end.kind === "page") throw new Error(end.html);
  return end.url;
}

async function obtainCode(): Promise<string> {
  return (await passSignIn(authorizationUrl(issuer))).searchParams.get("code") ?? "";
}

/** A request of the console's client, which may renew silently as native clients may not. */
const consoleUrl = (changes: Record<string, string> = {}) =>
  authorizationUrl(issuer, {
    client_id: "outlet-console",
    redirect_uri: `http://localhost:${issuer.port}/auth/callback`,
    ...changes,
  });

const exchange = (code: string, changes: Record<string, string> = {}, at = issuer) =>
  requestTokens(at, {
    grant_type: "authorization_code",
    code,
    redirect_uri: "http://127.0.0.1/callback",
    code_verifier: pkce.verifier,
    ...changes,
  });

const refresh = (token: unknown, at = issuer) =>
  requestTokens(at, { grant_type: "refresh_token", refresh_token: String(token) });

const claimsOf = (jwt: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(jwt).split(".")[1] ?? "", "base64url").toString());

describe("discovery", () => {
  const endpoints = {
    authorization_endpoint: "/auth",
    token_endpoint: "/token",
    jwks_uri: "/jwks",
    userinfo_endpoint: "/me",
    end_session_endpoint: "/session/end",
    revocation_endpoint: "/token/revocation",
  };

  test.each(["localhost", "127.0.0.1"])(
    "names the issuer's own addresses when asked by %s",
    async (host) => {
      const url = `http://${host}:${issuer.port}/oidc/.well-known/openid-configuration`;
      const document = (await (await fetch(url)).json()) as Record<string, unknown>;
      expect(document).toMatchObject({
        issuer: issuer.url,
        response_types_supported: ["code"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        ...Object.fromEntries(
          Object.entries(endpoints).map(([name, path]) => [name, `${issuer.url}${path}`]),
        ),
      });
    },
  );

  test("shows public halves of keys only", async () => {
    const { keys } = (await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: object[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      ["alg", "e", "kid", "kty", "n", "use"],
    ]);
  });

  test("leaves every path outside the issuer's alone", async () => {
    for (const path of ["/", "/oidcx/jwks", "/jwks", "/.well-known/openid-configuration"]) {
      expect((await fetch(`http://127.0.0.1:${issuer.port}${path}`)).status).toBe(404);
    }
  });
});

describe("the code flow", () => {
  test("ends in tokens shaped like Cognito's", async () => {
    const { status, body } = await exchange(await obtainCode());
    expect(status).toBe(200);
    const sub = issuer.secrets.subjects.owner;
    expect(claimsOf(body["access_token"])).toEqual({
      iss: issuer.url,
      sub,
      client_id: "outlet-cli",
      token_use: "access",
      scope: "openid email",
      username: "owner",
      "cognito:groups": ["PublishAllowed"],
      aud: `http://localhost:${issuer.port}/api`,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      origin_jti: expect.any(String),
    });
    const { iat, exp } = claimsOf(body["access_token"]);
    expect(Number(exp) - Number(iat)).toBe(3600);
    expect(claimsOf(body["id_token"])).toMatchObject({
      sub,
      email: "owner@outlet.example",
      token_use: "id",
      "cognito:username": "owner",
      "cognito:groups": ["PublishAllowed"],
    });
  });

  test("is refused without PKCE, and with plain PKCE", async () => {
    for (const changes of [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge_method: "plain" },
    ]) {
      const answer = await newBrowser().open(authorizationUrl(issuer, changes), atCallback);
      expect(answer.url.searchParams.get("error")).toBe("invalid_request");
    }
  });

  test("is refused with a wrong or missing verifier, or another redirect", async () => {
    expect(await exchange(await obtainCode(), { code_verifier: "x".repeat(43) })).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    expect((await exchange(await obtainCode(), { code_verifier: "" })).status).toBe(400);
    const redirect_uri = "http://127.0.0.1:1/callback";
    expect((await exchange(await obtainCode(), { redirect_uri })).status).toBe(400);
  });

  test("refuses a code that was used before and takes back what it bought", async () => {
    const code = await obtainCode();
    const first = await exchange(code);
    expect(first.status).toBe(200);
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect((await refresh(first.body["refresh_token"])).status).toBe(400);
  });

  test("lets one of two exchanges of one code at the same time win", async () => {
    const code = await obtainCode();
    const answers = await Promise.all([exchange(code), exchange(code)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
  });

  test("of the command line may return to any loopback port, and nowhere else", async () => {
    const port = await passSignIn(
      authorizationUrl(issuer, { redirect_uri: "http://127.0.0.1:54321/callback" }),
    );
    expect(port.host).toBe("127.0.0.1:54321");
    for (const redirect_uri of ["http://127.0.0.1/elsewhere", "http://evil.example/callback"]) {
      const answer = await fetch(authorizationUrl(issuer, { redirect_uri }), {
        redirect: "manual",
      });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("invalid_redirect_uri");
    }
  });

  test("of the console may return to the console under both names of this machine", async () => {
    for (const host of ["localhost", "127.0.0.1"]) {
      for (const path of ["/auth/callback", "/auth/silent-renew"]) {
        const redirect_uri = `http://${host}:${issuer.port}${path}`;
        const start = authorizationUrl(issuer, { client_id: "outlet-console", redirect_uri });
        const response = await fetch(start, { redirect: "manual" });
        expect(response.headers.get("location")).toMatch(/^\/oidc\/interaction\//);
      }
    }
  });

  test("renews silently while signed in and says so where not", async () => {
    const silent = consoleUrl({ prompt: "none" });
    const browser = newBrowser();
    const before = await browser.open(silent, atCallback);
    expect(before.url.searchParams.get("error")).toBe("login_required");
    await passSignIn(consoleUrl(), browser);
    const after = await browser.open(silent, atCallback);
    expect(after.url.searchParams.get("code")).toBeTruthy();
  });

  test("goes through when a client asks for consent, which its user need not give", async () => {
    const url = await passSignIn(authorizationUrl(issuer, { prompt: "login consent" }));
    expect(url.searchParams.get("code")).toBeTruthy();
  });

  test("begun under another name of this machine goes on under the issuer's", async () => {
    const start = authorizationUrl(issuer);
    start.hostname = "127.0.0.1";
    expect((await passSignIn(start)).searchParams.get("code")).toBeTruthy();
  });
});

describe("a refresh token", () => {
  test("buys new tokens once; used again, it and its heirs are void", async () => {
    const first = (await exchange(await obtainCode())).body["refresh_token"];
    const second = await refresh(first);
    expect(second.status).toBe(200);
    expect(claimsOf(second.body["access_token"])).toMatchObject({ token_use: "access" });
    expect((await refresh(first)).body).toMatchObject({ error: "invalid_grant" });
    expect((await refresh(second.body["refresh_token"])).status).toBe(400);
  });

  test("and the session outlive a restart", async () => {
    const browser = newBrowser();
    const url = await passSignIn(authorizationUrl(issuer), browser);
    const tokens = await exchange(url.searchParams.get("code") ?? "");
    issuer = await issuer.restart();
    expect((await refresh(tokens.body["refresh_token"])).status).toBe(200);
    const silent = await browser.open(consoleUrl({ prompt: "none" }), atCallback);
    expect(silent.url.searchParams.get("code")).toBeTruthy();
  });

  test("is worth nothing half a day after it was last used", async () => {
    let later = 0;
    const clock = { now: () => Date.now() + later, sleep: async () => undefined };
    await using own = await startIssuer({ clock });
    const url = await passSignIn(authorizationUrl(own), newBrowser(), own);
    const code = url.searchParams.get("code") ?? "";
    const bought = await exchange(code, {}, own);
    later = 11 * 3_600_000;
    const second = await refresh(bought.body["refresh_token"], own);
    expect(second.status).toBe(200);
    later += 12 * 3_600_000 + 1_000;
    const third = await refresh(second.body["refresh_token"], own);
    expect([third.status, third.body["error"]]).toEqual([400, "invalid_grant"]);
  });

  test("is void after signing out", async () => {
    const browser = newBrowser();
    const url = await passSignIn(authorizationUrl(issuer), browser);
    const tokens = await exchange(url.searchParams.get("code") ?? "");
    const page = await browser.open(new URL(`${issuer.url}/session/end`), () => false);
    if (page.kind !== "page") throw new Error("no page");
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
    expect(page.html).toContain("Sign out of Outlet?");
    const confirm = new URL(`${issuer.url}/session/end/confirm`);
    const end = await browser.submit(confirm, { xsrf, logout: "yes" }, () => false);
    expect(end.kind === "page" && end.html).toContain("You are signed out");
    expect((await refresh(tokens.body["refresh_token"])).status).toBe(400);
  });
});

describe("browsers of other origins", () => {
  const preflighted = (origin: string, path: string) =>
    fetch(`${issuer.url}${path}`, {
      method: "POST",
      headers: { origin },
      body: new URLSearchParams({
        client_id: "outlet-console",
        grant_type: "refresh_token",
        refresh_token: "x",
      }),
    });

  test("may exchange codes if they are the console's, and not otherwise", async () => {
    const allowed = `http://127.0.0.1:${issuer.port}`;
    const answer = await preflighted(allowed, "/token");
    expect(answer.headers.get("access-control-allow-origin")).toBe(allowed);
    const refused = await preflighted("http://evil.example", "/token");
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("userinfo", () => {
  test("tells about the bearer of an access token, and nobody else", async () => {
    const tokens = await signIn({
      issuer: issuer.url,
      user: "user",
      password: issuer.password("user"),
    });
    const ask = (token: string) =>
      fetch(`${issuer.url}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await ask(tokens.accessToken)).json()).toEqual({
      sub: issuer.secrets.subjects.user,
      email: "user@outlet.example",
      email_verified: true,
      username: "user",
    });
    for (const token of [tokens.idToken, "x.y.z", ""]) {
      const answer = await ask(token);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toContain("invalid_token");
    }
  });
});

describe("the operator", () => {
  test("is not told about development defaults", () => {
    expect(printed).toEqual([]);
  });
});
