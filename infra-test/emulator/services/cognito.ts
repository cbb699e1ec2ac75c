import {
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Mappings } from "../cloud.ts";
import { pascal, some, without } from "../shape.ts";

export const cognito: Mappings = {
  "aws:cognito/userPool:UserPool": async (i, cloud, { name }) => {
    const client = cloud.client(CognitoIdentityProviderClient);
    const own = without(
      i,
      "name",
      "passwordPolicy",
      "schemas",
      "mfaConfiguration",
      "softwareTokenMfaConfiguration",
      "emailConfiguration",
      "tags",
    );
    const { UserPool: pool } = await client.send(
      new CreateUserPoolCommand({
        ...pascal(own),
        PoolName: i.name ?? name,
        Policies: i.passwordPolicy && { PasswordPolicy: pascal(i.passwordPolicy) },
        Schema: some(pascal(i.schemas)),
        EmailConfiguration: pascal(i.emailConfiguration, { spell: { fromEmailAddress: "From" } }),
      }),
    );
    // As the provider does: a pool can't be created with MFA before there is a factor.
    if (i.mfaConfiguration && i.mfaConfiguration !== "OFF")
      await client.send(
        new SetUserPoolMfaConfigCommand({
          UserPoolId: pool?.Id,
          MfaConfiguration: i.mfaConfiguration,
          SoftwareTokenMfaConfiguration: pascal(i.softwareTokenMfaConfiguration),
        }),
      );
    return { id: pool?.Id, arn: pool?.Arn };
  },
  "aws:cognito/userPoolClient:UserPoolClient": async (i, cloud, { name }) => {
    const { UserPoolClient: client } = await cloud.client(CognitoIdentityProviderClient).send(
      new CreateUserPoolClientCommand({
        ...pascal(without(i, "name")),
        UserPoolId: i.userPoolId,
        ClientName: i.name ?? name,
      }),
    );
    return { id: client?.ClientId, clientSecret: client?.ClientSecret };
  },
  "aws:cognito/userGroup:UserGroup": async (i, cloud, { name }) => {
    await cloud.client(CognitoIdentityProviderClient).send(
      new CreateGroupCommand({
        GroupName: i.name ?? name,
        UserPoolId: i.userPoolId,
        Description: i.description,
        Precedence: i.precedence,
        RoleArn: i.roleArn,
      }),
    );
  },
};
