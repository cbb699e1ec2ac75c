import { createLocalJWKSet, errors, jwtVerify } from "jose";
import type Koa from "koa";
import type { IssuerSecrets } from "./secrets.ts";
import type { DemoUser } from "./users.ts";

export interface UserinfoOptions {
  issuer: string;
  secrets: IssuerSecrets;
  users: readonly DemoUser[];
  /** Origins a browser may call from. */
  origins: readonly string[];
}

/**
 * OpenID Connect Core §5.3 at `/me`, for JWT access tokens: Cognito's userInfo takes them, while
 * oidc-provider's takes opaque ones only.
 */
export function userinfoRoute({ issuer, secrets, users, origins }: UserinfoOptions) {
  const keys = createLocalJWKSet({
    keys: secrets.jwks.keys.map(({ kty, n, e, kid, alg, use }) => ({ kty, n, e, kid, alg, use })),
  });

  async function userOf(authorization: string): Promise<DemoUser | undefined> {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["RS256"] });
      if (payload["token_use"] !== "access") return undefined;
      return users.find((user) => user.sub === payload.sub);
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  return async function userinfo(ctx: Koa.Context, next: Koa.Next): Promise<void> {
    if (ctx.path !== "/me" || !["GET", "POST", "OPTIONS"].includes(ctx.method)) return next();
    allowOrigin(ctx, origins);
    if (ctx.method === "OPTIONS") {
      ctx.status = 204;
      return;
    }
    ctx.set("cache-control", "no-store");
    const user = await userOf(ctx.get("authorization"));
    if (user) {
      const groups = user.groups.length > 0 ? { "cognito:groups": user.groups } : {};
      const { sub, email, name } = user;
      ctx.body = { sub, email, email_verified: true, username: name, ...groups };
      return;
    }
    ctx.status = 401;
    ctx.set("www-authenticate", `Bearer realm="${issuer}", error="invalid_token"`);
    ctx.body = { error: "invalid_token", error_description: "no live access token provided" };
  };
}

function allowOrigin(ctx: Koa.Context, origins: readonly string[]) {
  ctx.vary("origin");
  const origin = ctx.get("origin");
  if (!origins.includes(origin)) return;
  ctx.set({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization",
    "access-control-max-age": "3600",
  });
}
