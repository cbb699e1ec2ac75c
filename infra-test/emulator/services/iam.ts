import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { Cloud, Mappings } from "../cloud.ts";
import { enforceable } from "../quirks.ts";
import { policyText } from "../shape.ts";

const attach = (cloud: Cloud, RoleName: string, PolicyArn: string) =>
  cloud.client(IAMClient).send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));

async function put(
  cloud: Cloud,
  RoleName: string,
  PolicyName: string,
  policy: unknown,
): Promise<void> {
  // Nothing is left where the one statement was a quirk's.
  const PolicyDocument = enforceable(policy);
  if (PolicyDocument)
    await cloud
      .client(IAMClient)
      .send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

export const iam: Mappings = {
  "aws:iam/role:Role": async (i, cloud, { name }) => {
    const RoleName = i.name ?? name;
    const { Role } = await cloud.client(IAMClient).send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: policyText(i.assumeRolePolicy),
        Path: i.path,
        Description: i.description,
        MaxSessionDuration: i.maxSessionDuration,
        PermissionsBoundary: i.permissionsBoundary,
      }),
    );
    for (const inline of i.inlinePolicies ?? [])
      await put(cloud, RoleName, inline.name, inline.policy);
    for (const arn of i.managedPolicyArns ?? []) await attach(cloud, RoleName, arn);
    return { id: Role?.RoleName, arn: Role?.Arn, uniqueId: Role?.RoleId };
  },
  "aws:iam/rolePolicy:RolePolicy": async (i, cloud, { name }) =>
    put(cloud, i.role, i.name ?? name, i.policy),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": async (i, cloud) =>
    void (await attach(cloud, i.role, i.policyArn)),
  "aws:iam/policy:Policy": async (i, cloud, { name }) => {
    const { Policy } = await cloud.client(IAMClient).send(
      new CreatePolicyCommand({
        PolicyName: i.name ?? name,
        PolicyDocument: enforceable(i.policy),
        Path: i.path,
        Description: i.description,
      }),
    );
    return { arn: Policy?.Arn };
  },
};
