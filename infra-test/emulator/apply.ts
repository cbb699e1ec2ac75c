// Makes an SST app's resources in a local AWS emulator, from what render() has recorded.
import path from "node:path";
import { cloud as mockedCloud } from "../sst/cloud.mjs";
import type { Graph, Resource } from "../sst/graph.ts";
import { Aliases } from "./aliases.ts";
import { Cloud, type Create, type Mappings, type Outputs, SKIP, type Target } from "./cloud.ts";
import ids from "./ids.mjs";
import { packageFunction } from "./package.ts";
import { bootstrap } from "./runtime-client.ts";
import { apigateway } from "./services/apigateway.ts";
import { cognito } from "./services/cognito.ts";
import { dynamodb } from "./services/dynamodb.ts";
import { events } from "./services/events.ts";
import { iam } from "./services/iam.ts";
import { lambda } from "./services/lambda.ts";
import { observability } from "./services/observability.ts";
import { s3 } from "./services/s3.ts";
import { sns } from "./services/sns.ts";
import { sqs } from "./services/sqs.ts";
import { wafv2 } from "./services/wafv2.ts";

export interface ApplyOptions extends Target {
  /** Where SST's CLI has left the functions' code (sst/check.mjs). */
  artifacts?: string;
  /** A folder with aws-lambda-ric in its node_modules: functions run on AWS's own runtime client, which streams. */
  runtimeClient?: string;
  /** What the render had for `mocks`, where that isn't ids.mjs alone. */
  mocks?: { resources?: object; invokes?: object };
  /** More types, or others' own way to make one. */
  mappings?: Mappings;
}

export interface Applied {
  /** Logical names of what has no counterpart in the emulator, by type. */
  skipped: Record<string, string[]>;
  /** Inputs of what was made that its request has no place for, by type. */
  ignored: Record<string, string[]>;
  client: Cloud["client"];
  /** Puts the emulator's ids in place of the render's: in graph.links, a site's environment, … */
  resolve: Aliases["resolve"];
}

const supported: Mappings = {
  ...apigateway,
  ...cognito,
  ...dynamodb,
  ...events,
  ...iam,
  ...lambda,
  ...observability,
  ...s3,
  ...sns,
  ...sqs,
  ...wafv2,
  // Pulumi's own: what the mocks answered is the value.
  "random:index/randomBytes:RandomBytes": async (i) => void i.length,
  "pulumi:providers:aws": async (i) => void i.region,
};

export async function apply(graph: Graph, options: ApplyOptions): Promise<Applied> {
  const {
    endpoint,
    region,
    account,
    artifacts = path.resolve(".sst/artifacts"),
    runtimeClient,
    mocks = ids,
    mappings,
  } = options;
  const create = { ...supported, ...mappings };
  const invented = mockedCloud({ region, account, ...mocks });
  const aliases = new Aliases();
  const cloud = new Cloud({
    target: { endpoint, region, account },
    graph,
    aliases,
    packages: (id) =>
      packageFunction(
        graph.data.functions[id]!,
        artifacts,
        aliases,
        runtimeClient && bootstrap(runtimeClient, graph, id),
      ),
    runtime: (declared) =>
      runtimeClient && declared.startsWith("nodejs") ? "provided.al2023" : declared,
  });
  const providers = graph.all("pulumi:providers:aws");
  const regionOf = ({ provider = "" }: Resource) =>
    providers.find(({ urn }) => provider.startsWith(`${urn}::`))?.inputs.region ?? region;

  const skipped: Record<string, string[]> = {};
  const ignored: Record<string, string[]> = {};
  // Pulumi registers a resource once all that it refers to is registered: their order is one in which they can be made.
  for (const resource of graph.data.resources.filter(({ custom }) => custom)) {
    const { outputs, unread } = await make(
      resource,
      create[resource.type],
      cloud.in(regionOf(resource)),
    );
    if (outputs === SKIP) {
      (skipped[resource.type] ??= []).push(resource.name);
      continue;
    }
    if (unread.size)
      ignored[resource.type] = [...new Set([...(ignored[resource.type] ?? []), ...unread])].sort();
    const mock = invented.resource(resource.type, resource.name, resource.inputs);
    alias(aliases, resource, { ...mock.outputs, ...mock.computed, id: mock.id }, outputs ?? {});
  }
  await cloud.settled();
  return {
    skipped,
    ignored,
    client: (Service) => cloud.client(Service),
    resolve: (value) => aliases.resolve(value),
  };
}

async function make(
  resource: Resource,
  create: Create | undefined,
  cloud: Cloud,
): Promise<{ outputs: Awaited<ReturnType<Create>>; unread: Set<string> }> {
  const unread = new Set(
    Object.keys(resource.inputs).filter((key) => resource.inputs[key] !== null),
  );
  const inputs = new Proxy(cloud.aliases.resolve(resource.inputs), {
    get: (target, key: string) => (unread.delete(key), target[key]),
  });
  try {
    return { outputs: create ? await create(inputs, cloud, resource) : SKIP, unread };
  } catch (error) {
    const { name, message } = error as Error;
    // Not as the cause: an SDK error drags its whole HTTP exchange into a test's report.
    // oxlint-disable-next-line preserve-caught-error
    throw new Error(`${resource.type} ${resource.name}: ${name}: ${message}`);
  }
}

/** What refers to this resource was rendered with the mocks' outputs; from here on it gets the emulator's. */
function alias(
  aliases: Aliases,
  { type, name, inputs }: Resource,
  invented: Record<string, unknown>,
  outputs: Outputs,
): void {
  for (const [key, real] of Object.entries(outputs)) {
    const was = invented[key];
    if (typeof was !== "string" || real === undefined || real === was) continue;
    if (was === name || was === inputs.name)
      throw new Error(
        `${type} ${name}: the mocks' ${key} is its name, which may mean something else elsewhere: give it one in ids.mjs`,
      );
    aliases.add(was, real);
  }
}
