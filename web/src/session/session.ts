import { type User, UserManager, WebStorageStateStore } from "oidc-client-ts";

const { origin } = window.location;
const env = import.meta.env;

/** The same code for every OpenID Connect issuer: only these differ, set when the console is built. */
const settings = {
  authority: env.VITE_OIDC_AUTHORITY ?? `${origin}/oidc`,
  clientId: env.VITE_OIDC_CLIENT_ID ?? "outlet-console",
};

export const apiOrigin: string = env.VITE_API_ORIGIN ?? origin;

const manager = new UserManager({
  authority: settings.authority,
  client_id: settings.clientId,
  redirect_uri: `${origin}/auth/callback`,
  silent_redirect_uri: `${origin}/auth/silent-renew`,
  post_logout_redirect_uri: `${origin}/`,
  scope: "openid email profile",
  // Tokens live as long as the tab does; another tab signs in by the issuer's own session.
  userStore: new WebStorageStateStore({ store: window.sessionStorage }),
  stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
  automaticSilentRenew: true,
  loadUserInfo: false,
  monitorSession: false,
});

let name = "";
/** What the identity token calls the user: known before the control API has been asked. */
export const username = (): string => name;

export type Entry = { kind: "ready" } | { kind: "leaving" } | { kind: "failed"; message: string };

/** Signs in, or finds out that somebody is signed in; `leaving` where the page is about to go. */
export async function enter(): Promise<Entry> {
  const { pathname, search } = window.location;
  try {
    if (pathname === "/auth/silent-renew") {
      await manager.signinSilentCallback();
      return { kind: "leaving" };
    }
    if (pathname === "/auth/callback") {
      const user = await manager.signinRedirectCallback();
      name = nameOf(user);
      window.history.replaceState(null, "", returnPath(user.state));
      return { kind: "ready" };
    }
    const user = await validUser();
    if (user) {
      name = nameOf(user);
      return { kind: "ready" };
    }
    await signIn(pathname + search);
    return { kind: "leaving" };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

export const signIn = (returnTo: string): Promise<void> =>
  manager.signinRedirect({ state: { returnTo } });

export async function signOut(): Promise<void> {
  // Ended at the issuer, it opens nothing any more, wherever it was copied to. Where the issuer cannot
  // be told, it is forgotten here all the same.
  try {
    await manager.revokeTokens(["refresh_token"]);
  } catch {
    // The issuer cannot be told: the token ends by itself, and whoever signs out is not kept from it.
  }
  // Cognito's own end-session endpoint wants these two; others ignore what they do not know.
  await manager.signoutRedirect({
    extraQueryParams: { client_id: settings.clientId, logout_uri: `${origin}/` },
  });
}

/** A live access token, renewed first where it is about to expire. `undefined` while signed out. */
export async function accessToken(): Promise<string | undefined> {
  return (await validUser())?.access_token;
}

/** Asks the issuer for a new token, whatever the old one says of itself. */
export async function renew(): Promise<string | undefined> {
  try {
    return (await manager.signinSilent())?.access_token;
  } catch {
    // The session at the issuer is over: the caller goes to sign in again.
    return undefined;
  }
}

const marginSeconds = 20;
let renewing: Promise<User | null> | undefined;

async function validUser(): Promise<User | undefined> {
  const user = await manager.getUser();
  if (!user) return undefined;
  if ((user.expires_in ?? 0) > marginSeconds) return user;
  try {
    renewing ??= manager.signinSilent().finally(() => {
      renewing = undefined;
    });
    return (await renewing) ?? undefined;
  } catch {
    await manager.removeUser();
    return undefined;
  }
}

function nameOf({ profile }: User): string {
  const named = profile["cognito:username"] ?? profile.name;
  return typeof named === "string" ? named : profile.sub;
}

/** Only a path of ours: an address from elsewhere must not decide where sign-in ends. */
function returnPath(state: unknown): string {
  if (typeof state !== "object" || state === null || !("returnTo" in state)) return "/";
  const { returnTo } = state;
  const isPath = typeof returnTo === "string" && /^\/(?![/\\])/.test(returnTo);
  return isPath && !returnTo.startsWith("/auth/") ? returnTo : "/";
}
