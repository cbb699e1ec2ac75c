import { randomBytes } from "node:crypto";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { signIn } from "@outlet/local/sign-in/sign-in";
import * as v from "valibot";
import { type AwsCall, createAwsCall } from "../../aws-call.ts";
import type { Target } from "../target.ts";
import { httpTarget } from "./embedded.ts";

export interface DeployedStage {
  stage: string;
  region: string;
  /** The console's address, without a trailing slash. */
  consoleUrl: string;
  userPoolId: string;
}

/** A stage as `sst deploy` made it, with the credentials of whoever deploys. */
export async function awsTarget(deployed: DeployedStage): Promise<Target> {
  const { stage, region, consoleUrl, userPoolId } = deployed;
  const call = createAwsCall({ region });
  const users = new SmokeUsers(call, region, userPoolId);
  return {
    ...httpTarget(`${consoleUrl}/api`),
    name: `stage ${stage} in ${region}`,
    tokenOf: (groups) => users.tokenOf(groups),
    accessLine: (place, requestId) => accessLine(call, place.stackName, requestId),
    aws: {
      apiGateway: new APIGatewayClient({ region, maxAttempts: 8 }),
      cloudFormation: new CloudFormationClient({ region, maxAttempts: 8 }),
      call,
      stage,
    },
    cannot: {},
    patienceMs: { publish: 300_000, key: 60_000, limits: 120_000, metrics: 240_000 },
    cleanUp: () => users.remove(),
  };
}

const Logged = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ events: v.array(v.object({ message: v.string() })) }),
);

async function accessLine(call: AwsCall, stackName: string, requestId: string): Promise<string> {
  const { events } = v.parse(
    Logged,
    await call({
      service: "logs",
      target: "Logs_20140328.FilterLogEvents",
      body: {
        logGroupName: `/outlet/published/${stackName}`,
        filterPattern: `"${requestId}"`,
      },
    }),
  );
  return events[0]?.message ?? "";
}

const Clients = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    UserPoolClients: v.array(v.object({ ClientId: v.string(), ClientName: v.string() })),
  }),
);

/** Users that are there for the test alone, and sign in as people do. */
class SmokeUsers {
  readonly #call: AwsCall;
  readonly #issuer: string;
  readonly #pool: string;
  readonly #made: string[] = [];

  constructor(call: AwsCall, region: string, pool: string) {
    this.#call = call;
    this.#pool = pool;
    this.#issuer = `https://cognito-idp.${region}.amazonaws.com/${pool}`;
  }

  async tokenOf(groups: readonly string[]): Promise<string> {
    const email = `smoke-${randomBytes(6).toString("hex")}@example.com`;
    const password = `Aa1!${randomBytes(15).toString("base64url")}`;
    const named = { UserPoolId: this.#pool, Username: email };
    await this.#ask("AdminCreateUser", {
      ...named,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ],
    });
    this.#made.push(email);
    await this.#ask("AdminSetUserPassword", { ...named, Password: password, Permanent: true });
    for (const GroupName of groups) await this.#ask("AdminAddUserToGroup", { ...named, GroupName });
    const { accessToken } = await signIn({
      issuer: this.#issuer,
      user: email,
      password,
      clientId: await this.#commandLine(),
      // One of those that infra/auth.ts registers; nobody listens there, the code is in the address.
      redirectUri: "http://localhost:8976/callback",
    });
    return accessToken;
  }

  async #commandLine(): Promise<string> {
    const { UserPoolClients } = v.parse(
      Clients,
      await this.#ask("ListUserPoolClients", { UserPoolId: this.#pool, MaxResults: 60 }),
    );
    const client = UserPoolClients.find(({ ClientName }) => /CommandLine/.test(ClientName));
    if (!client) throw new Error(`The user pool ${this.#pool} has no client CommandLine`);
    return client.ClientId;
  }

  async remove(): Promise<void> {
    for (const Username of this.#made.splice(0))
      await this.#ask("AdminDeleteUser", { UserPoolId: this.#pool, Username });
  }

  #ask(operation: string, body: object): Promise<string> {
    const target = `AWSCognitoIdentityProviderService.${operation}`;
    return this.#call({ service: "cognito-idp", target, body });
  }
}
