import * as oidc from "openid-client";
import { cliClientId, cliRedirectUri } from "../oidc/clients.ts";
import { type Browser, createBrowser, type Visit } from "./browser.ts";
import { parseSignInPage } from "./sign-in-form.ts";

export interface SignInOptions {
  /** As `iss` names it. Plain http is taken on this machine only. */
  issuer: string;
  user: string;
  password: string;
  /** A public client. */
  clientId?: string;
  /** One that it has registered; nobody has to listen there. `http://127.0.0.1/callback` where absent. */
  redirectUri?: string;
  /** For the whole of it; 30 000 where absent. */
  timeoutMs?: number;
}

export interface Tokens {
  accessToken: string;
  idToken: string;
  refreshToken?: string;
  /** Seconds that the access token has left. */
  expiresIn: number;
}

/**
 * Why a sign-in failed, in words for whoever started it. `code` is for programs: `unreachable` (the
 * issuer does not answer), `refused` (name or password), `protocol` (anything else it said).
 */
export class SignInError extends Error {
  override name = "SignInError";
  readonly code: "unreachable" | "refused" | "protocol";
  constructor(code: SignInError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Signs in as a person would in a browser: authorization code flow with PKCE, the issuer's own
 * sign-in page, its cookies and redirects.
 *
 * @example const { accessToken } = await signIn({ issuer, user: "owner", password });
 */
export async function signIn(options: SignInOptions): Promise<Tokens> {
  const { clientId = cliClientId, redirectUri = cliRedirectUri, timeoutMs = 30_000 } = options;
  const issuer = new URL(options.issuer);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const config = await discover(issuer, clientId, timeoutMs);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const expectedNonce = oidc.randomNonce();
    const start = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: "openid email profile",
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      state: expectedState,
      nonce: expectedNonce,
    });
    const callback = await passSignInPage(createBrowser(signal), start, {
      ...options,
      redirectUri,
    });
    const answer = await oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier,
      expectedState,
      expectedNonce,
      idTokenExpected: true,
    });
    return toTokens(answer);
  } catch (error) {
    throw toSignInError(error, options.issuer);
  }
}

async function discover(issuer: URL, clientId: string, timeoutMs: number) {
  const plain = issuer.protocol === "http:";
  if (plain && !["localhost", "127.0.0.1", "[::1]"].includes(issuer.hostname)) {
    throw new SignInError(
      "protocol",
      `${issuer.href} must be https: only this machine may be http.`,
    );
  }
  return oidc.discovery(issuer, clientId, undefined, oidc.None(), {
    timeout: timeoutMs / 1000,
    execute: plain ? [oidc.allowInsecureRequests] : [],
  });
}

/** @returns the redirect that carries the code, or the error that the issuer sent instead. */
async function passSignInPage(
  browser: Browser,
  start: URL,
  options: SignInOptions & { redirectUri: string },
): Promise<URL> {
  const atCallback = (url: URL) => url.href.split("?")[0] === options.redirectUri;
  const first = await browser.open(start, atCallback);
  if (first.kind === "stopped") return first.url;
  const { form } = parseSignInPage(first.html, first.url);
  if (!form) throw unexpectedPage(first);
  // The page said where to send the password: not to anybody but its own host.
  if (form.action.origin !== start.origin) {
    throw new SignInError(
      "protocol",
      `The sign-in page posts to a stranger: ${form.action.origin}`,
    );
  }
  const fields = {
    ...form.fields,
    [form.nameField]: options.user,
    [form.passwordField]: options.password,
  };
  const second = await browser.submit(form.action, fields, atCallback);
  if (second.kind === "stopped") return second.url;
  const { alert } = parseSignInPage(second.html, second.url);
  if (alert) throw new SignInError("refused", `Sign-in as “${options.user}” was refused: ${alert}`);
  throw unexpectedPage(second);
}

function unexpectedPage(page: Visit & { kind: "page" }): SignInError {
  const { alert = "no form asks for a password" } = parseSignInPage(page.html, page.url);
  const where = `${page.url.origin}${page.url.pathname}`;
  return new SignInError(
    "protocol",
    `${where} (status ${page.status}) is no sign-in page: ${alert}`,
  );
}

function toTokens(answer: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>): Tokens {
  const { access_token, id_token, refresh_token } = answer;
  const expiresIn = answer.expiresIn();
  if (!id_token || expiresIn === undefined) {
    throw new SignInError("protocol", "The issuer sent no ID token or no life time.");
  }
  return {
    accessToken: access_token,
    idToken: id_token,
    ...(refresh_token && { refreshToken: refresh_token }),
    expiresIn,
  };
}

function toSignInError(error: unknown, issuer: string): unknown {
  if (error instanceof SignInError) return error;
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    const { error: code, error_description: description = "" } = error;
    return new SignInError("protocol", `${issuer} refused: ${code} ${description}`.trim());
  }
  if (isNetworkFailure(error)) {
    return new SignInError("unreachable", `${issuer} does not answer.`, { cause: error });
  }
  if (error instanceof oidc.ClientError) {
    return new SignInError("protocol", `${issuer} answered wrongly: ${error.message}`, {
      cause: error,
    });
  }
  return error;
}

/** What `fetch` throws for a refused or broken connection, and an abort or timeout. */
function isNetworkFailure(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError" || at.name === "AbortError") return true;
    if (at instanceof TypeError && at.message === "fetch failed") return true;
  }
  return false;
}
