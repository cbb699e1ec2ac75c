import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningIssuer, requestTokens, startIssuer } from "../oidc/issuer-fixture.ts";
import { signIn } from "./sign-in.ts";

let issuer: RunningIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());

async function failureOf(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "SignInError" });
  return error as { code: string; message: string };
}

/** An issuer that misbehaves in one way. */
async function withIssuer(
  answer: (path: string, base: string, req: IncomingMessage, res: ServerResponse) => void,
  use: (base: string) => Promise<void>,
) {
  const server = createServer((req, res) => {
    const path = new URL(req.url ?? "/", base).pathname;
    if (!path.endsWith("/openid-configuration")) return answer(path, base, req, res);
    const document = {
      issuer: base,
      authorization_endpoint: `${base}/auth`,
      token_endpoint: `${base}/token`,
    };
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await use(base);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("signing in by program", () => {
  test("gives an access token, an ID token and a refresh token that works", async () => {
    const tokens = await signIn({
      issuer: issuer.url,
      user: "owner",
      password: issuer.password("owner"),
    });
    expect(tokens).toEqual({
      accessToken: expect.stringMatching(/^ey.*\..*\./),
      idToken: expect.stringMatching(/^ey.*\..*\./),
      refreshToken: expect.any(String),
      expiresIn: expect.closeTo(3600, -1),
    });
    const renewed = await requestTokens(issuer, {
      grant_type: "refresh_token",
      refresh_token: tokens.refreshToken ?? "",
    });
    expect(renewed.status).toBe(200);
  });

  test("with a wrong password hands on what the page says, never the password", async () => {
    const failure = await failureOf(
      signIn({ issuer: issuer.url, user: "owner", password: "hunter2" }),
    );
    expect(failure.code).toBe("refused");
    expect(failure.message).toMatch(/“owner” was refused: Name and password do not match/);
    expect(failure.message).not.toContain("hunter2");
  });

  test("as an unknown client names the issuer's reason", async () => {
    const failure = await failureOf(
      signIn({ issuer: issuer.url, user: "owner", password: "x", clientId: "nobody" }),
    );
    expect(failure).toMatchObject({ code: "protocol" });
    expect(failure.message).toContain("is not known to this Outlet");
  });

  test("where nobody listens says so", async () => {
    const attempt = signIn({ issuer: "http://127.0.0.1:9/oidc", user: "owner", password: "x" });
    expect((await failureOf(attempt)).code).toBe("unreachable");
  });

  test("over plain http to another machine does not send anything", async () => {
    const attempt = signIn({ issuer: "http://outlet.example/oidc", user: "owner", password: "x" });
    expect((await failureOf(attempt)).message).toMatch(/must be https/);
  });

  test("does not post the password to a stranger", async () => {
    await withIssuer(
      (_path, _base, _req, res) =>
        res.end(
          `<form action="http://127.0.0.1:9/"><input name=u><input type=password name=p></form>`,
        ),
      async (base) => {
        const failure = await failureOf(signIn({ issuer: base, user: "owner", password: "x" }));
        expect(failure.message).toMatch(/posts to a stranger: http:\/\/127\.0\.0\.1:9/);
      },
    );
  });

  test("gives up on redirects without end, and on an issuer that never answers", async () => {
    await withIssuer(
      (_path, base, _req, res) => res.writeHead(302, { location: `${base}/auth` }).end(),
      async (base) => {
        await expect(signIn({ issuer: base, user: "owner", password: "x" })).rejects.toThrow(
          /redirected more than 10 times/,
        );
      },
    );
    await withIssuer(
      () => {},
      async (base) => {
        const attempt = signIn({ issuer: base, user: "owner", password: "x", timeoutMs: 200 });
        expect((await failureOf(attempt)).code).toBe("unreachable");
      },
    );
  });

  test("does not spend a code that comes back under another state", async () => {
    const paths: string[] = [];
    await withIssuer(
      (path, _base, _req, res) => {
        paths.push(path);
        res.writeHead(302, { location: "http://127.0.0.1/callback?code=c&state=forged" }).end();
      },
      async (base) => {
        const failure = await failureOf(signIn({ issuer: base, user: "owner", password: "x" }));
        expect(failure.code).toBe("protocol");
      },
    );
    expect(paths).toEqual(["/auth"]);
  });
});
