import { createHash, randomBytes } from "node:crypto";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import * as v from "valibot";
import type { App } from "../emulator/start.ts";

const Tokens = v.object({ access_token: v.string(), id_token: v.string() });

/** Makes a user, as docs/deploy.md says, in these groups of the app's pool or another. */
export async function createUser(
  app: App,
  email: string,
  groups: string[],
  UserPoolId = String(app.resolve(app.graph.links).Users?.id),
): Promise<User> {
  const cognito = app.client(CognitoIdentityProviderClient);
  const named = { UserPoolId, Username: email };
  const password = `Aa1!${randomBytes(12).toString("base64url")}`;
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "email_verified", Value: "true" },
  ];
  await cognito.send(new AdminCreateUserCommand({ ...named, UserAttributes }));
  await cognito.send(
    new AdminSetUserPasswordCommand({ ...named, Password: password, Permanent: true }),
  );
  for (const GroupName of groups)
    await cognito.send(new AdminAddUserToGroupCommand({ ...named, GroupName }));
  return { email, password };
}

export interface User {
  email: string;
  password: string;
}

export interface Client {
  clientId: string;
  redirectUri: string;
}

/** The client of scripts, as the app declares it. */
export function commandLine(app: App): Client {
  const client = app.graph.one("aws:cognito/userPoolClient:UserPoolClient", /CommandLine/);
  const clientId = String(app.resolve(app.graph.links).SignIn?.clientIds).split(",")[1] ?? "";
  return { clientId, redirectUri: client.inputs.callbackUrls[0] };
}

/** Signs in by the code flow with PKCE (RFC 7636), through Cognito's own page. */
export async function signIn(
  { emulator }: App,
  { clientId, redirectUri }: Client,
  { email, password }: User,
) {
  const verifier = randomBytes(32).toString("base64url");
  const asked = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid email profile",
    state: randomBytes(8).toString("hex"),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  const page = await fetch(
    `${emulator.endpoint}/oauth2/authorize?${new URLSearchParams(asked).toString()}`,
  );
  const form = formIn(await page.text());
  const submitted = await fetch(new URL(form.action, emulator.endpoint), {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ ...form.fields, username: email, password }),
  });
  const back = new URL(submitted.headers.get("location") ?? "about:blank");
  if (back.searchParams.get("state") !== asked.state)
    throw new Error(`Cognito answered ${submitted.status} to the sign-in of ${email}`);
  const answer = await fetch(`${emulator.endpoint}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      redirect_uri: redirectUri,
      code: back.searchParams.get("code") ?? "",
      code_verifier: verifier,
    }),
  });
  return v.parse(Tokens, await answer.json());
}

function formIn(html: string): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]*action="([^"]*)"/i.exec(html)?.[1];
  if (!action) throw new Error(`Cognito's page has no form: ${html.slice(0, 200)}`);
  const inputs = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/gi)].map(([input]) => [
    /name="([^"]*)"/.exec(input)?.[1] ?? "",
    (/value="([^"]*)"/.exec(input)?.[1] ?? "").replaceAll("&amp;", "&"),
  ]);
  return { action, fields: Object.fromEntries(inputs) };
}
