import { GetApiKeysCommand } from "@aws-sdk/client-api-gateway";
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { fail, judged, type Row, type Sight } from "../verdict.ts";
import { type SmokeWorld, until } from "../world.ts";
import { stackNameOf } from "./publishing.ts";

/** That what was published goes, and comes again. */
export const removalRows: Row<SmokeWorld>[] = [
  {
    id: "unpublish",
    claim: "Unpublishing leaves nothing",
    expected: "no endpoint, no stack, no log group, none of its keys",
    look: leavesNothing,
  },
  {
    id: "publish_again",
    claim: "It is published again at once",
    expected: "published",
    look: publishesAgain,
  },
];

async function leavesNothing(world: SmokeWorld): Promise<Sight> {
  const health = world.url("/health");
  const { value } = world.key;
  const stackName = world.target.aws ? await stackNameOf(world) : "";
  const keys = world.keys.map(({ keyId }) => keyId);
  const begun = performance.now();
  const accepted = await world.control("DELETE", world.publicationPath, { title: world.title });
  if (accepted.status !== 202) return fail(`refused: ${accepted.text.slice(0, 300)}`);
  await world.reaches(["unpublished"], world.target.patienceMs.publish);
  const took = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  world.endpoint = "";
  world.keys = [];
  const leftovers = [
    await endpointLeft(world, health, value),
    ...(stackName ? await awsLeft(world, stackName, keys) : []),
  ].filter((left) => left !== "");
  return judged(leftovers.length === 0, leftovers.join("; ") || `nothing after ${took}`);
}

/** Names vanish from the DNS some time after their API. */
async function endpointLeft(world: SmokeWorld, url: string, key: string): Promise<string> {
  const ask = () =>
    world.target.client(url, { headers: { "x-api-key": key } }).then(
      ({ status }) => status,
      () => 0,
    );
  try {
    await until(ask, (status) => [0, 403, 404].includes(status), world.target.patienceMs.key, 500);
    return "";
  } catch {
    return `the endpoint still answers ${await ask()}`;
  }
}

async function awsLeft(world: SmokeWorld, stackName: string, keyIds: string[]): Promise<string[]> {
  const { aws } = world.target;
  if (!aws) return [];
  const stack = await aws.cloudFormation
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .then(
      ({ Stacks = [] }) => `the stack is ${Stacks[0]?.StackStatus}`,
      (error: Error) => (error.message.includes("does not exist") ? "" : error.message),
    );
  const keys = await Promise.all(
    keyIds.map(async (keyId) => {
      const { items = [] } = await aws.apiGateway.send(
        new GetApiKeysCommand({ nameQuery: `outlet-key-${keyId}`, limit: 500 }),
      );
      return items.length > 0 ? `the gateway's key of ${keyId}` : "";
    }),
  );
  const groups = await aws
    .call({
      service: "logs",
      target: "Logs_20140328.DescribeLogGroups",
      body: { logGroupNamePrefix: `/outlet/published/${stackName}` },
    })
    .then((text) => (text.includes('"logGroupName"') ? "the log group" : ""));
  return [stack, ...keys, groups];
}

async function publishesAgain(world: SmokeWorld): Promise<Sight> {
  const begun = performance.now();
  const accepted = await world.control("POST", world.publicationPath, {});
  if (accepted.status !== 202) return fail(`refused: ${accepted.text.slice(0, 300)}`);
  const { status, failure } = await world.reaches(
    ["published", "failed"],
    world.target.patienceMs.publish,
  );
  const took = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  return judged(status === "published", `${status} after ${took} ${failure?.message ?? ""}`.trim());
}
