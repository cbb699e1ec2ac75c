import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Graph, type Resource, render } from "../../infra-test/sst/graph.ts";

const least = { OUTLET_PUBLISHED_API_ALLOWED_IPV4: "203.0.113.0/24" };

const settings: Record<string, { stage: string; dev?: boolean; env: Record<string, string> }> = {
  prod: { stage: "prod", env: least },
  dev: { stage: "somebody", dev: true, env: least },
  everything: {
    stage: "prod",
    env: {
      OUTLET_PUBLISHED_API_ALLOWED_IPV4: "0.0.0.0/1,128.0.0.0/1",
      OUTLET_PUBLISHED_API_ALLOWED_IPV6: "2001:db8::/32",
      OUTLET_RATE_LIMIT_PER_IP: "100",
      OUTLET_MODELS: "claude-v3-haiku,amazon-nova-lite",
      OUTLET_INFERENCE_PROFILES: "on",
      OUTLET_EMBEDDING_MODEL: "titan-embed-text-v2",
      OUTLET_TEMPLATE_UPGRADES: "off",
      OUTLET_DOMAIN: "example.com",
      OUTLET_API_DOMAIN: "bots.example.com",
      OUTLET_ALARM_EMAIL: "ops@example.com",
    },
  },
};

/** Everything that SST would make on AWS of that tree, without the names of its own files. */
export async function collectGraphs(root: string): Promise<Record<string, unknown>> {
  execFileSync(process.execPath, [join(root, "infra/install.mjs")], { stdio: ["ignore", 2, 2] });
  const graphs: Record<string, unknown> = {};
  for (const [name, options] of Object.entries(settings)) {
    const secrets = { KeyPepper: Buffer.alloc(32, 7).toString("base64") };
    const graph = await render({ root, region: "us-east-1", secrets, ...options });
    graphs[name] = readable(graph, root);
  }
  return graphs;
}

function readable(graph: Graph, root: string): Record<string, unknown> {
  const { app, resources, functions, reads } = graph.data;
  const byUrn = resources.toSorted((a, b) => (a.urn < b.urn ? -1 : 1));
  const byName = Object.entries(functions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const whole = {
    app,
    outputs: graph.outputs,
    reads,
    resources: Object.fromEntries(byUrn.map((resource) => [resource.urn, withoutBuild(resource)])),
    functions: Object.fromEntries(byName),
  };
  const text = JSON.stringify(whole)
    .replaceAll(root.replace(/\/$/, ""), "")
    // Where a render works, and which file a function is: neither is there once it is deployed.
    .replaceAll(/\/[^"]*\/sst-render-\w+/g, "<work>")
    .replaceAll(/packages\/functions\/src\/[\w/-]+\.handler/g, "<file>.handler");
  return JSON.parse(text) as Record<string, unknown>;
}

/** Members of the console's own resources that tell of how it was built last, and when. */
const ofBuild = ["triggers", "files", "version", "entries"];

function withoutBuild(resource: Resource): Resource {
  if (!resource.name.startsWith("ConsoleSite")) return resource;
  const named = ofBuild.filter((name) => name in resource.inputs).map((name) => [name, "<build>"]);
  return { ...resource, inputs: { ...resource.inputs, ...Object.fromEntries(named) } };
}
