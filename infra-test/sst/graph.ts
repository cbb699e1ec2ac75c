// The resource graph of an SST app, for assertions: `const graph = await render({ stage: "prod" })`. Needs no AWS account,
// Pulumi or SST CLI; only .sst/platform, as platform.mjs installs it.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface RenderOptions {
  stage: string;
  root?: string;
  /** As `sst dev` would: live functions, no static sites. */
  dev?: boolean;
  region?: string;
  account?: string;
  secrets?: Record<string, string>;
  env?: Record<string, string>;
  /** Bundle each handler with esbuild too: finds handlers that don't build or don't export what the config names. */
  bundle?: boolean;
  /** A module whose default export is { resources, invokes }: more of what AWS would answer (see cloud.mjs). */
  mocks?: string;
}

/**
 * A value as the program handed it to Pulumi. Its shape is the provider's; the tests that read it
 * compare what they find, and the emulator's commands refuse members that they do not know.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type Recorded = any;

export interface Resource {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
  inputs: Recorded;
  /** Paths of the inputs that are secret. */
  secrets: string[];
  provider?: string;
  dependsOn: string[];
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  /** A component's registered outputs. */
  outputs?: Recorded;
}

export interface Statement {
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: Recorded;
  Principal?: Recorded;
}

/** What a run of the program has registered: a graph, as JSON. */
export interface Data {
  app: Recorded;
  resources: Resource[];
  functions: Record<
    string,
    {
      functionID: string;
      handler: string;
      runtime: string;
      links: Record<string, Recorded>;
      properties: Recorded;
      bytes?: number;
    }
  >;
  invokes: { token: string; inputs: Recorded; provider?: string }[];
  /** Existing resources that the program looks up by id. */
  reads: { type: string; name: string; id: string }[];
  errors: string[];
}

export class Graph {
  readonly data: Data;

  constructor(data: Data) {
    this.data = data;
  }

  get app() {
    return this.data.app;
  }
  /** What run() returned. */
  get outputs() {
    return this.one("pulumi:pulumi:Stack").outputs;
  }
  /** What each linkable gives to those it is linked to: the shape of `Resource` in their code. */
  get links(): Record<string, Record<string, Recorded>> {
    return Object.fromEntries(
      this.all("sst:sst:LinkRef").map((r) => [r.outputs.target, r.outputs.properties]),
    );
  }

  /** How many resources there are of each type, without the types of components. */
  counts(): Record<string, number> {
    const types = this.data.resources.filter((r) => r.custom).map((r) => r.type);
    return Object.fromEntries(
      [...new Set(types)].sort().map((type) => [type, types.filter((t) => t === type).length]),
    );
  }

  all(type: string, name?: string | RegExp): Resource[] {
    const named = (r: Resource) =>
      name === undefined || (typeof name === "string" ? r.name === name : name.test(r.name));
    return this.data.resources.filter((r) => r.type === type && named(r));
  }

  one(type: string, name?: string | RegExp): Resource {
    const found = this.all(type, name);
    if (found.length === 1) return found[0]!;
    throw new Error(
      `${found.length} resources of ${type} match ${name}; there are: ${
        this.all(type)
          .map((r) => r.name)
          .join(", ") || "none"
      }`,
    );
  }

  /** A function by its handler, with what is around it. */
  function(handler: string) {
    const builds = Object.values(this.data.functions).filter((f) => f.handler === handler);
    if (builds.length !== 1)
      throw new Error(`${builds.length} functions have the handler ${handler}; use functionById()`);
    return this.functionById(builds[0]!.functionID);
  }

  functionById(id: string) {
    const lambda = this.one("aws:lambda/function:Function", `${id}Function`);
    const role = this.one("aws:iam/role:Role", `${id}Role`);
    const { links, ...build } = this.data.functions[id]!;
    return {
      id,
      build,
      links,
      role,
      lambda: lambda.inputs,
      env: lambda.inputs.environment.variables as Record<string, string>,
      statements: this.statements(role),
      managedPolicies: role.inputs.managedPolicyArns as string[],
      url: this.all("aws:lambda/functionUrl:FunctionUrl", `${id}Url`)[0]?.inputs,
      eventSources: this.all("aws:lambda/eventSourceMapping:EventSourceMapping")
        .filter((m) => String(m.inputs.functionName).endsWith(`:${lambda.inputs.name}`))
        .map((m) => m.inputs),
    };
  }

  /** The statements of a role's inline policies. */
  statements(role: Resource): Statement[] {
    return (role.inputs.inlinePolicies ?? []).flatMap(
      (p: { policy: string }) => JSON.parse(p.policy).Statement,
    );
  }
}

const run = promisify(execFile);
const renderer = fileURLToPath(new URL("./render.mjs", import.meta.url));

/** Runs the app's program under mocks in a process of its own; throws what it threw. */
export async function render({ env = {}, ...options }: RenderOptions): Promise<Graph> {
  const dir = await mkdtemp(path.join(tmpdir(), "sst-graph-"));
  const out = path.join(dir, "graph.json");
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|SST_|PULUMI_|NODE_OPTIONS|VITEST)/.test(name),
  );
  try {
    const args = [
      "--no-warnings",
      "--enable-source-maps",
      renderer,
      JSON.stringify({ root: process.cwd(), ...options, out }),
    ];
    const { code, stdout, stderr } = await run(process.execPath, args, {
      env: { ...Object.fromEntries(inherited), ...env },
      maxBuffer: 1 << 26,
    }).then(
      (done) => ({ ...done, code: 0 }),
      (failed) => failed,
    );
    const data: Data | undefined = await readFile(out, "utf8").then(JSON.parse, () => undefined);
    if (data && !data.errors.length && !code) return new Graph(data);
    const reasons = data?.errors.length ? data.errors : [stdout, stderr];
    throw new Error(
      [`The SST program failed for stage ${options.stage}`, ...reasons]
        .filter(Boolean)
        .join("\n\n"),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
