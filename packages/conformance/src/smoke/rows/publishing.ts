import {
  GetGatewayResponseCommand,
  GetMethodCommand,
  GetResourcesCommand,
} from "@aws-sdk/client-api-gateway";
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { AwsView } from "../target.ts";
import { fail, judged, pass, type Row, type Sight, Unjudged, unknown } from "../verdict.ts";
import type { SmokeWorld } from "../world.ts";

/** That a bot is published as it was meant. */
export const publishingRows: Row<SmokeWorld>[] = [
  {
    id: "publish",
    claim: "A bot is published, and its endpoint confirmed by a call with a key of its own",
    expected: "published, verified reached or refused by the allow-list",
    look: publishes,
  },
  {
    id: "recursion",
    claim: "Lambda takes no function for an endless loop",
    expected: "no RecursiveInvocationsDropped",
    look: noneDropped,
  },
  {
    id: "api_shape",
    claim: "Every method asks for a key and the authorizer, but OPTIONS",
    expected: "apiKeyRequired and CUSTOM, by GetMethod",
    look: apiShape,
  },
  {
    id: "authorizer_failure",
    claim: "An authorizer that fails is answered as a passing failure",
    expected: "503 with Retry-After for AUTHORIZER_FAILURE and AUTHORIZER_CONFIGURATION_ERROR",
    look: authorizerFailure,
  },
  {
    id: "address_refused",
    claim: "An address outside the allow-list is refused",
    expected: "the deployer's own address met the list",
    look: addressRefused,
  },
  {
    id: "addresses",
    claim: "The endpoint is reached as configured: domain, IPv6, its own address closed",
    expected: "AAAA records; under a domain 403 at execute-api",
    look: addresses,
  },
];

async function publishes(world: SmokeWorld): Promise<Sight> {
  await world.makeBot();
  const begun = performance.now();
  // Limits that rows about them change later; none that the rows before run into.
  const settings = { throttle: { rateLimit: 50, burstLimit: 100 }, quota: null };
  const accepted = await world.control("POST", world.publicationPath, settings);
  if (accepted.status !== 202) return fail(`refused: ${accepted.text.slice(0, 300)}`);
  const withinMs = world.target.patienceMs.publish;
  const { status, endpoint, failure, verified } = await world.reaches(
    ["published", "failed"],
    withinMs,
  );
  const took = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  if (status !== "published" || !endpoint) return fail(`${status}: ${failure?.message ?? ""}`);
  world.endpoint = endpoint;
  await world.issueKey("Smoke");
  const result = verified?.result ?? "not tried";
  const seen = `published after ${took}, ${result}`;
  return judged(result === "reached" || result === "refused", seen);
}

function awsOf({ target: { aws } }: SmokeWorld): AwsView {
  if (!aws) throw new Unjudged("there is no AWS behind it");
  return aws;
}

/** Deployed functions count what Lambda has stopped; nothing is counted where none was. */
async function noneDropped(world: SmokeWorld): Promise<Sight> {
  const aws = awsOf(world);
  const form = new URLSearchParams({
    Action: "GetMetricStatistics",
    Version: "2010-08-01",
    Namespace: "AWS/Lambda",
    MetricName: "RecursiveInvocationsDropped",
    StartTime: new Date(world.begunAt - 60_000).toISOString(),
    EndTime: new Date().toISOString(),
    Period: "60",
    "Statistics.member.1": "Sum",
  });
  const text = await aws.call({ service: "monitoring", body: form });
  const dropped = [...text.matchAll(/<Sum>([\d.]+)<\/Sum>/g)].map(([, sum]) => Number(sum));
  const sum = dropped.reduce((a, b) => a + b, 0);
  return judged(sum === 0, `${sum} dropped since the test began`);
}

export async function stackOutputs(world: SmokeWorld): Promise<Record<string, string>> {
  const stackName = await stackNameOf(world);
  const { Stacks = [] } = await awsOf(world).cloudFormation.send(
    new DescribeStacksCommand({ StackName: stackName }),
  );
  const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [
    OutputKey,
    OutputValue,
  ]);
  return Object.fromEntries(outputs);
}

/** The stack of the bot, whatever stages call theirs: its name ends in the bot's id. */
export async function stackNameOf(world: SmokeWorld): Promise<string> {
  if (!world.endpoint) throw new Unjudged("the bot was not published");
  return `outlet-${awsOf(world).stage}-bot-${world.botId}`;
}

async function restApiId(world: SmokeWorld): Promise<string> {
  const { RestApiId } = await stackOutputs(world);
  if (!RestApiId) throw new Error("The stack names no REST API");
  return RestApiId;
}

async function apiShape(world: SmokeWorld): Promise<Sight> {
  const { apiGateway } = awsOf(world);
  const id = await restApiId(world);
  const { items = [] } = await apiGateway.send(
    new GetResourcesCommand({ restApiId: id, embed: ["methods"], limit: 500 }),
  );
  const faults: string[] = [];
  let seen = 0;
  for (const { id: resourceId, path, resourceMethods = {} } of items) {
    for (const httpMethod of Object.keys(resourceMethods)) {
      const method = await apiGateway.send(
        new GetMethodCommand({ restApiId: id, resourceId, httpMethod }),
      );
      seen += 1;
      const isOpen = method.apiKeyRequired !== true && method.authorizationType !== "CUSTOM";
      const isGuarded = method.apiKeyRequired === true && method.authorizationType === "CUSTOM";
      if (httpMethod === "OPTIONS" ? isOpen : isGuarded) continue;
      const found = `apiKeyRequired ${method.apiKeyRequired}, ${method.authorizationType}`;
      faults.push(`${httpMethod} ${path}: ${found}`);
    }
  }
  if (seen === 0) return fail("the API has no methods");
  return faults.length > 0 ? fail(faults.join("; ")) : pass(`${seen} methods`);
}

async function authorizerFailure(world: SmokeWorld): Promise<Sight> {
  const { apiGateway } = awsOf(world);
  const id = await restApiId(world);
  const found: string[] = [];
  for (const responseType of ["AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"] as const) {
    const { statusCode, responseParameters = {} } = await apiGateway.send(
      new GetGatewayResponseCommand({ restApiId: id, responseType }),
    );
    const after = responseParameters["gatewayresponse.header.Retry-After"];
    if (statusCode !== "503" || !after) return fail(`${responseType}: ${statusCode}, ${after}`);
    found.push(`${responseType} 503 after ${after}`);
  }
  return pass(found.join(", "));
}

async function addressRefused(world: SmokeWorld): Promise<Sight> {
  const { verified } = await world.publication();
  if (verified?.result === "refused") return pass("the deployer's address was refused by the list");
  return unknown("the addresses that this can call from are all on the list");
}

async function addresses(world: SmokeWorld): Promise<Sight> {
  awsOf(world);
  const { host, pathname } = new URL(world.url("/health"));
  const { resolve6 } = await import("node:dns/promises");
  const v6 = await resolve6(host).catch(() => []);
  if (v6.length === 0) return fail(`${host} has no IPv6 address`);
  if (host.includes(".execute-api.")) return pass(`${host} at ${v6.length} IPv6 addresses`);
  const outputs = await stackOutputs(world);
  const region = /^arn:[^:]+:[^:]+:([^:]+)/.exec(outputs["StackId"] ?? "")?.[1];
  const own = `https://${outputs["RestApiId"]}.execute-api.${region ?? "us-east-1"}.amazonaws.com`;
  const closed = await world.target.client(`${own}/api${pathname}`, {
    headers: { "x-api-key": world.key.value },
  });
  return judged(closed.status === 403, `${host} over IPv6; execute-api answers ${closed.status}`);
}
