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
/** The one binary member of a rule. */
const withBytes = (value: Recorded): Recorded =>
  Array.isArray(value)
    ? value.map(withBytes)
    : value === null || typeof value !== "object"
      ? value
      : Object.fromEntries(
          Object.entries(value).map(([k, v]) => [
            k,
            k === "SearchString" ? Buffer.from(v as string) : withBytes(v),
          ]),
        );

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
      .send(new CreateWebACLCommand(withBytes(scoped(i, name))));
    return { id: Summary?.Id, arn: Summary?.ARN };
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": async (i, cloud) => {
    await cloud
      .client(WAFV2Client)
      .send(new AssociateWebACLCommand({ ResourceArn: i.resourceArn, WebACLArn: i.webAclArn }));
  },
};
