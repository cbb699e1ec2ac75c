import type { ClientMetadata } from "oidc-provider";

/** Of the issuer's clients. */
export const consoleClientId = "outlet-console";
export const cliClientId = "outlet-cli";
export const clientIds: readonly string[] = [consoleClientId, cliClientId];

/** RFC 8252 §7.3: the port does not count for a loopback redirect of a native client. */
export const cliRedirectUri = "http://127.0.0.1/callback";

/** Where the console may be: under the issuer's own origin, by either name of this machine. */
export function consoleOrigins(issuer: string): string[] {
  const own = new URL(issuer);
  const hosts = new Set([own.hostname, "localhost", "127.0.0.1"]);
  return [...hosts].map((host) => `${own.protocol}//${host}${own.port ? `:${own.port}` : ""}`);
}

/** Public clients all: they hold no secret, PKCE stands in for one. */
export function clients(origins: readonly string[]): ClientMetadata[] {
  const common = {
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  } satisfies Partial<ClientMetadata>;
  return [
    {
      ...common,
      client_id: consoleClientId,
      client_name: "Outlet console",
      application_type: "web",
      redirect_uris: origins.flatMap((origin) => [
        `${origin}/auth/callback`,
        `${origin}/auth/silent-renew`,
      ]),
      post_logout_redirect_uris: origins.map((origin) => `${origin}/`),
    },
    {
      ...common,
      client_id: cliClientId,
      client_name: "Outlet command line",
      application_type: "native",
      redirect_uris: [cliRedirectUri],
    },
  ];
}
