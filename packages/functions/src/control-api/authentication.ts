import * as Caller from "@outlet/core/foundation/caller";
import * as Problem from "@outlet/core/foundation/problem";
import type { MiddlewareHandler } from "hono";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { createKeySource, type KeySource, type KeySourceOptions } from "./key-source.ts";

/** What a route finds under `c.get("caller")`. */
interface AuthenticatedCaller extends Caller.Info {
  isAdmin: boolean;
  mayPublish: boolean;
  /** Of this signing-in, the same for all tokens that come of it. */
  session: string;
}

export interface AuthenticationEnv {
  Variables: { caller: AuthenticatedCaller };
}

export interface AuthenticationOptions extends KeySourceOptions {
  /** Clients whose tokens are taken. */
  clientIds: readonly string[];
  /** How far the issuer's clock may be off ours. 5 where absent. */
  clockToleranceSeconds?: number;
}

/**
 * Lets only requests pass that carry a live access token of this issuer and of one of these
 * clients, and tells the routes behind it who is calling.
 *
 * Everything wrong with the token is `unauthenticated`; the issuer's keys being out of reach is
 * `service_unavailable`, for then nobody's token is at fault. One instance holds one cache of keys:
 * make it once per process.
 *
 * @example app.use("/api/*", authenticate({ issuer, clientIds: ["outlet-console"] }))
 */
export function authenticate(options: AuthenticationOptions): MiddlewareHandler<AuthenticationEnv> {
  const keys = createKeySource(options);
  return async function authentication(c, next) {
    const claims = await verify(bearerToken(c.req.header("authorization")), keys, options);
    c.set("caller", callerFrom(claims));
    await next();
  };
}

/** RFC 6750 §2.1: only the header; a token in a query or a form would end up in logs. */
function bearerToken(header: string | undefined): string {
  if (!header) {
    throw unauthenticated("Sign in first: send an access token as “Authorization: Bearer …”.");
  }
  const token = /^Bearer +([\w\-.~+/]+=*) *$/i.exec(header)?.[1];
  if (!token) {
    throw unauthenticated("The Authorization header must read “Bearer”, a space, and the token.");
  }
  return token;
}

async function verify(
  token: string,
  keys: KeySource,
  options: AuthenticationOptions,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys, {
    issuer: options.issuer,
    // Of all algorithms only the issuer's own: keeps out `none` and HMAC under the public key.
    algorithms: ["RS256"],
    clockTolerance: options.clockToleranceSeconds ?? 5,
    requiredClaims: ["sub", "exp"],
  }).catch((error: unknown) => {
    throw refusal(error);
  });
  if (payload["token_use"] !== "access") {
    throw unauthenticated("This is not an access token. Send the access token, not the ID token.");
  }
  const clientId = payload["client_id"];
  if (typeof clientId !== "string" || !options.clientIds.includes(clientId)) {
    throw unauthenticated("The access token was issued to another application. Sign in here.");
  }
  return payload;
}

/**
 * jose's errors carry the token's claims, and the log writes causes: they stop here. What the key
 * source throws is a problem already.
 */
function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return unauthenticated("The access token has expired. Refresh it or sign in again.");
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss") {
    return unauthenticated("The access token is from another sign-in service. Sign in here.");
  }
  if (error instanceof errors.JOSEError) {
    return unauthenticated("The access token is not valid. Sign in again.");
  }
  return error;
}

function callerFrom(claims: JWTPayload): AuthenticatedCaller {
  const { sub, username } = claims;
  if (!sub) throw unauthenticated("The access token names no user. Sign in again.");
  const groups = groupsFrom(claims["cognito:groups"]);
  const caller = { userId: sub, username: typeof username === "string" ? username : sub, groups };
  const known = [claims["origin_jti"], claims["auth_time"], claims.jti, claims.iat];
  const session = known.find((one) => typeof one === "string" || typeof one === "number");
  const may = { isAdmin: Caller.isAdmin(caller), mayPublish: Caller.mayPublish(caller) };
  return { ...caller, ...may, session: `${session ?? "unknown"}` };
}

/**
 * Cognito writes an array and leaves the claim out for a user in no group; API Gateway's
 * authorizers hand the same claim on as "a,b" or "[a b]".
 */
function groupsFrom(claim: unknown): string[] {
  if (claim === undefined) return [];
  if (typeof claim === "string") {
    return claim
      .replace(/^\[(.*)\]$/, "$1")
      .split(/[\s,]+/)
      .filter((group) => group !== "");
  }
  if (Array.isArray(claim) && claim.every((group) => typeof group === "string")) return claim;
  throw unauthenticated("The access token's groups cannot be read. Sign in again.");
}

function unauthenticated(message: string): Problem.ProblemError {
  return new Problem.ProblemError("unauthenticated", message);
}
