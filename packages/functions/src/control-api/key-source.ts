import * as Problem from "@outlet/core/foundation/problem";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import * as v from "valibot";

export interface KeySourceOptions {
  /** Exactly as tokens name it in `iss`: `https://cognito-idp.{region}.amazonaws.com/{pool}`. */
  issuer: string;
  /** Where the issuer's keys are; found through its discovery document where absent. */
  jwksUri?: string;
  cache?: {
    /** How long fetched keys are used without asking again. 600 where absent. */
    maxAgeSeconds?: number;
    /** Least time between two fetches, however many unknown keys tokens name. 30 where absent. */
    cooldownSeconds?: number;
    /** 5 where absent. */
    timeoutSeconds?: number;
  };
}

/** Finds the key a token's header names; throws `service_unavailable` where keys are out of reach. */
export type KeySource = JWTVerifyGetKey;

/** OpenID Connect Discovery 1.0 §3, the two members that count here. */
const Discovery = v.object({ issuer: v.string(), jwks_uri: v.pipe(v.string(), v.url()) });

/**
 * The issuer's public keys, fetched when first needed and kept. A failed fetch is not kept: the
 * next request tries again.
 */
export function createKeySource(options: KeySourceOptions): KeySource {
  const { maxAgeSeconds = 600, cooldownSeconds = 30, timeoutSeconds = 5 } = options.cache ?? {};
  const timeoutMs = timeoutSeconds * 1000;
  let opened: Promise<JWTVerifyGetKey> | undefined;

  async function open(): Promise<JWTVerifyGetKey> {
    const uri = options.jwksUri ?? (await discoverJwksUri(options.issuer, timeoutMs));
    return createRemoteJWKSet(new URL(uri), {
      cacheMaxAge: maxAgeSeconds * 1000,
      cooldownDuration: cooldownSeconds * 1000,
      timeoutDuration: timeoutMs,
    });
  }

  return async function keyFor(header, token) {
    opened ??= open();
    // Only a failed discovery is forgotten. Keys once fetched stay, or one token naming an unknown
    // key while the issuer is down would shut out everybody whose key is at hand.
    const keySet = await opened.catch((cause: unknown) => {
      opened = undefined;
      throw unreachable(cause);
    });
    try {
      return await keySet(header, token);
    } catch (cause) {
      throw isAboutToken(cause) ? cause : unreachable(cause);
    }
  };
}

function unreachable(cause: unknown): Problem.ProblemError {
  return new Problem.ProblemError(
    "service_unavailable",
    { message: "The sign-in service cannot be reached. Try again shortly.", retryAfter: 5 },
    { cause },
  );
}

/** The keys are known and none fits: the token is wrong, not the issuer. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

async function discoverJwksUri(issuer: string, timeoutMs: number): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const document = v.parse(Discovery, await response.json());
  // §4.3: anything else would let one issuer speak with another's keys.
  if (document.issuer !== issuer) {
    throw new Error(`${url} is the document of another issuer: ${document.issuer}`);
  }
  return document.jwks_uri;
}
