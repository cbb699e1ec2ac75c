import { router } from "./router";
import { signInPrefix } from "./settings";
import { accountId, consoleDevOrigin, region } from "./stage";

/** Nobody signs up by themselves: an administrator makes users (docs/deploy.md). */
export const users = new sst.aws.CognitoUserPool("Users", {
  usernames: ["email"],
  mfa: "optional",
  softwareToken: true,
  domain: {
    prefix: $interpolate`${signInPrefix}-${accountId}`,
  },
  transform: {
    userPool: {
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: false,
        temporaryPasswordValidityDays: 7,
      },
    },
  },
});

/** Public clients, without a secret: the code flow only, and PKCE stands in for one. */
const publicClient = (
  name: string,
  urls: { callbackUrls: $util.Input<string>[]; logoutUrls?: $util.Input<string>[] },
) =>
  users.addClient(name, {
    transform: {
      client: {
        ...urls,
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", "email", "profile"],
        explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        // Groups are in the access token: whoever lost the right to publish has lost it within these.
        accessTokenValidity: 10,
        // A working day: whoever stays signed in longer signs in again, by the session at Cognito.
        refreshTokenValidity: 12,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
        idTokenValidity: 10,
      },
    },
  });

/** In `sst dev` the console is served by Vite, on this machine. */
const origins = $dev ? [router.url, consoleDevOrigin] : [router.url];

export const consoleClient = publicClient("Console", {
  callbackUrls: origins.flatMap((origin) => [
    $interpolate`${origin}/auth/callback`,
    $interpolate`${origin}/auth/silent-renew`,
  ]),
  logoutUrls: origins.map((origin) => $interpolate`${origin}/`),
});
const cliClient = publicClient("CommandLine", {
  // Cognito compares ports too: those that a command may listen on.
  callbackUrls: [8976, 8977, 8978].map((port) => `http://localhost:${port}/callback`),
});

for (const [name, description] of Object.entries({
  PublishAllowed: "May publish the bots they own.",
  Admin: "May do everything to every bot, and sees all usage.",
})) {
  new aws.cognito.UserGroup(name, { name, description, userPoolId: users.id });
}

export const issuer = $interpolate`https://cognito-idp.${region}.amazonaws.com/${users.id}`;

export const signIn = new sst.Linkable("SignIn", {
  properties: {
    issuer,
    // Said, so that no cold start has to discover it.
    jwksUri: $interpolate`${issuer}/.well-known/jwks.json`,
    clientIds: $interpolate`${consoleClient.id},${cliClient.id}`,
  },
});
