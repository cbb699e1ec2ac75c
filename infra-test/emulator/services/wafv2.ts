import {
  AssociateWebACLCommand,
  CreateIPSetCommand,
  CreateWebACLCommand,
  WAFV2Client,
} from "@aws-sdk/client-wafv2";
import type { Recorded } from "../../sst/graph.ts";
import type { Mappings } from "../cloud.ts";
import { pascal, without } from "../shape.ts";

const scoped = (inputs: Recorded, name: string) => ({
  ...pascal(without(inputs, "tags", "name")),
  Name: inputs.name ?? name,
});
/** A rule's members that Pulumi spells in another way: bytes as text, the one statement of a "not" as a list. */
const different: Record<string, (value: Recorded) => Recorded> = {
  SearchString: (text: string) => Buffer.from(text),
  NotStatement: ({ Statements }: Recorded) => ({ Statement: asAwsHasIt(only(Statements)) }),
};
function asAwsHasIt(value: Recorded): Recorded {
  if (Array.isArray(value)) return value.map(asAwsHasIt);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, (different[key] ?? asAwsHasIt)(item)]),
  );
}
function only(statements: Recorded[]): Recorded {
  const [statement, ...others] = statements;
  if (others.length > 0) throw new Error("NotStatement takes one statement");
  return statement;
}

export const wafv2: Mappings = {
  "aws:wafv2/ipSet:IpSet": async (i, cloud, { name }) => {
    const { Summary } = await cloud
      .client(WAFV2Client)
      .send(new CreateIPSetCommand({ Addresses: [], ...scoped(i, name) }));
    return { id: Summary?.Id, arn: Summary?.ARN };
  },
  "aws:wafv2/webAcl:WebAcl": async (i, cloud, { name }) => {
    const { Summary } = await cloud
      .client(WAFV2Client)
      .send(new CreateWebACLCommand(asAwsHasIt(scoped(i, name))));
    return { id: Summary?.Id, arn: Summary?.ARN };
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": async (i, cloud) => {
    await cloud
      .client(WAFV2Client)
      .send(new AssociateWebACLCommand({ ResourceArn: i.resourceArn, WebACLArn: i.webAclArn }));
  },
};
