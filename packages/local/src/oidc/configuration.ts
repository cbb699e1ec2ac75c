import { type Configuration, type ErrorOut, errors, type KoaContextWithOIDC } from "oidc-provider";
import { clients, consoleClientId, consoleOrigins } from "./clients.ts";
import { errorPage, sendPage, signedOutPage, signOutPage } from "./pages.ts";
import type { IssuerSecrets } from "./secrets.ts";
import type { IssuerStorage } from "./storage.ts";
import type { DemoUser } from "./users.ts";

const hour = 60 * 60;
/**
 * A working day, as on AWS (`infra/auth.ts`). Session and grant last as long: tokens hang on both. An
 * access token may last its hour: the groups of demo users do not change while Outlet runs.
 */
const signedInSeconds = 12 * hour;
const scopes = "openid email profile";

export interface ConfigurationOptions {
  issuer: URL;
  secrets: IssuerSecrets;
  users: readonly DemoUser[];
  storage: IssuerStorage;
}

/** Everything the provider would otherwise do by a development default is said here. */
export function configuration(options: ConfigurationOptions): Configuration {
  const { issuer, secrets, users, storage } = options;
  const prefix = issuer.pathname.replace(/\/$/, "");
  const origins = consoleOrigins(issuer.href);
  const home = `${issuer.origin}/`;
  const userOf = (sub: string | undefined) => users.find((user) => user.sub === sub);
  const cookie = { httpOnly: true, sameSite: "lax", signed: true } as const;
  // Cookies know no ports: without it in the name, two instances would sign each other's users out.
  const cookiePrefix = `outlet_${issuer.port || "default"}`;

  return {
    adapter: (model) => storage.adapter(model),
    jwks: secrets.jwks,
    clients: clients(origins),
    responseTypes: ["code"],
    clientAuthMethods: ["none"],
    cookies: {
      keys: secrets.cookieKeys,
      names: {
        session: `${cookiePrefix}_session`,
        interaction: `${cookiePrefix}_interaction`,
        resume: `${cookiePrefix}_resume`,
      },
      long: cookie,
      short: cookie,
    },
    interactions: { url: (_ctx, interaction) => `${prefix}/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      // The provider's own takes opaque tokens only; see `userinfo.ts`.
      userinfo: { enabled: false },
      resourceIndicators: resourceIndicators(issuer),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          const target = ctx.oidc.params?.["post_logout_redirect_uri"];
          const targets = typeof target === "string" ? [new URL(target).origin] : [];
          sendPage(ctx, 200, await signOutPage(form), targets);
        },
        postLogoutSuccessSource: async (ctx) => sendPage(ctx, 200, await signedOutPage(home)),
      },
    },
    discovery: { userinfo_endpoint: `${issuer.origin}${prefix}/me` },
    scopes: scopes.split(" "),
    claims: {
      openid: ["sub", "token_use", "cognito:username", "cognito:groups"],
      email: ["email", "email_verified"],
      profile: ["name"],
    },
    conformIdTokenClaims: false,
    findAccount: async (_ctx, sub) => {
      const user = userOf(sub);
      return user && { accountId: sub, claims: async (use) => idClaims(user, use) };
    },
    extraTokenClaims: async (_ctx, token) => {
      const user = "accountId" in token ? userOf(token.accountId) : undefined;
      // Cognito's name for what ties tokens to the sign-in that they come of.
      const origin_jti = "sessionUid" in token ? token.sessionUid : undefined;
      return (
        user && {
          token_use: "access",
          username: user.name,
          ...groupsClaim(user),
          ...(origin_jti && { origin_jti }),
        }
      );
    },
    loadExistingGrant: (ctx) => grantFirstParty(ctx, resourceOf(issuer)),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // Cognito hands one to every client that may refresh, with or without `offline_access`.
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: async () => true,
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientId === consoleClientId && origins.includes(origin),
    ttl: {
      AccessToken: hour,
      IdToken: hour,
      AuthorizationCode: 60,
      Interaction: hour,
      RefreshToken: signedInSeconds,
      Session: signedInSeconds,
      Grant: signedInSeconds,
    },
    renderError: async (ctx, out) => {
      const cause = errorCause(out);
      const title = "Sign-in stopped";
      // The status is the provider's own by now.
      sendPage(ctx, ctx.status, await errorPage({ title, cause, code: out.error, home }));
    },
  };
}

/** The provider's own words where they tell a person enough. */
const causes = new Map(
  Object.entries({
    invalid_client: "The application that sent you here is not known to this Outlet.",
    invalid_redirect_uri: "The application asked to return to an address that is not registered.",
    server_error: "Something went wrong on our side. It is in the log.",
  }),
);

function errorCause({ error, error_description }: ErrorOut): string {
  return causes.get(error) ?? error_description ?? "The sign-in service could not go on.";
}

/** The one API that tokens are for. A token without an audience would be opaque. */
function resourceOf(issuer: URL): string {
  return `${issuer.origin}/api`;
}

function resourceIndicators(issuer: URL) {
  const resource = resourceOf(issuer);
  return {
    enabled: true,
    defaultResource: async () => resource,
    useGrantedResource: async () => true,
    getResourceServerInfo: async (_ctx: unknown, indicator: string) => {
      if (indicator !== resource) throw new errors.InvalidTarget();
      return {
        scope: scopes,
        audience: resource,
        accessTokenTTL: hour,
        accessTokenFormat: "jwt" as const,
        jwt: { sign: { alg: "RS256" as const } },
      };
    },
  };
}

function idClaims(user: DemoUser, use: string) {
  return {
    sub: user.sub,
    email: user.email,
    email_verified: true,
    name: user.name,
    "cognito:username": user.name,
    ...groupsClaim(user),
    ...(use === "id_token" ? { token_use: "id" } : {}),
  };
}

/** As Cognito does it: no claim at all for a user in no group. */
function groupsClaim(user: DemoUser): { "cognito:groups"?: string[] } {
  return user.groups.length > 0 ? { "cognito:groups": user.groups } : {};
}

/** Both clients are Outlet's own: signing in grants them all they may ask for. */
async function grantFirstParty(ctx: KoaContextWithOIDC, resource: string) {
  const { client, session, provider } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grantId = session.grantIdFor(client.clientId);
  const known = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant =
    known ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(scopes);
  grant.addResourceScope(resource, scopes);
  // Prolonged each time: the grant must outlive the refresh token that is about to hang on it.
  grant.exp = Math.floor(Date.now() / 1000) + signedInSeconds;
  await grant.save();
  return grant;
}
