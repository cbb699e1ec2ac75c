// Runs an SST app's run() in this process as `sst deploy` does, with mocks for Pulumi's engine, and records what it registers.
// Started by graph.ts: node render.mjs '<options as JSON>'; the graph is written to options.out as JSON.
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { cloud } from "./cloud.mjs";
import { engine } from "./engine.mjs";

const opts = JSON.parse(process.argv[2]);
const { stage, dev = false, region = "eu-central-1", account = "111122223333" } = opts;
const root = fs.realpathSync(opts.root);
const dotSst = path.join(root, ".sst");
const platform = path.join(dotSst, "platform");
const require = createRequire(path.join(platform, "package.json"));
const esbuild = require("esbuild");
const pulumi = require("@pulumi/pulumi");
const work = fs.mkdtempSync(path.join(os.tmpdir(), "sst-render-"));
const temporary = [work];

const graph = { app: undefined, resources: [], reads: [], functions: {}, invokes: [], errors: [] };
let settled = false;
const fail = (error) => {
  const text = error?.stack ?? String(error);
  if (!graph.errors.includes(text)) graph.errors.push(text); // Pulumi reports one failure once for each output that waits on it
};
process.on("unhandledRejection", fail).on("uncaughtException", fail);
// The program has ended when nothing is left to run: resources made late, inside apply(), are then in the graph too.
process.once("beforeExit", () => {
  if (!settled && !graph.errors.length)
    fail("run() never settled: an output that it awaits has no value under the mocks");
  fs.writeFileSync(opts.out, JSON.stringify(graph));
});
process.once("exit", () =>
  temporary.forEach((file) => fs.rmSync(file, { recursive: true, force: true })),
);

// --- SST's two bundles of sst.config.ts: one to evaluate app(), one to run run() with the $globals in place ------------
async function bundle(name, contents, { define, inject, globals = "", banner = "" }) {
  const outfile = path.join(platform, `${name}.${process.pid}.mjs`); // here, for its node_modules
  temporary.push(outfile, `${outfile}.map`);
  await esbuild.build({
    stdin: { contents, resolveDir: root, sourcefile: "eval.ts", loader: "ts" },
    outfile,
    define,
    inject,
    bundle: true,
    format: "esm",
    platform: "node",
    sourcemap: "linked",
    logLevel: "error",
    mainFields: ["module", "main"],
    nodePaths: [path.join(platform, "node_modules")],
    external: [
      "@pulumi/*",
      "@pulumiverse/*",
      "@sst-provider/*",
      "@aws-sdk/*",
      "undici",
      "esbuild",
      "archiver",
      "glob",
      "vite",
    ],
    banner: {
      js: `import { createRequire as __createRequire } from "node:module"; import { fileURLToPath as __toPath } from "node:url";
const require = __createRequire(import.meta.url), __filename = __toPath(import.meta.url), __dirname = __toPath(new URL(".", import.meta.url));
${banner}`,
    },
    plugins: [
      {
        name: "sst-globals", // `sst`, `aws`, … are imports put before every file that is not SST's own
        setup: (b) =>
          b.onLoad({ filter: /\.[jt]sx?$/ }, async (file) =>
            file.path.startsWith(dotSst)
              ? undefined
              : {
                  contents: `${globals}\n${await fs.promises.readFile(file.path, "utf8")}`,
                  loader: "default",
                },
          ),
      },
    ],
  });
  return pathToFileURL(outfile).href;
}
const config = JSON.stringify(path.join(root, "sst.config.ts"));
const source = (file) => JSON.stringify(path.join(platform, "src", file));

// --- The CLI's RPC server: the program asks it for the bootstrap buckets and to build functions ------------------------
const rpc = {
  "Provider.Aws.Bootstrap": ({ region }) => ({
    asset: `sst-asset-${region}`,
    state: `sst-state-${region}`,
    appsyncHttp: "http.appsync.mock",
    appsyncRealtime: "realtime.appsync.mock",
    assetEcrRegistryId: account,
    assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
  }),
  "Provider.Aws.Appsync": () => ({ http: "http.appsync.mock", realtime: "realtime.appsync.mock" }),
  "Runtime.AddTarget": (input) => ((graph.functions[input.functionID] = input), true),
  "Runtime.Build": async (input) => {
    const { functionID, handler, bundle: prebuilt, properties } = input;
    graph.functions[functionID] = input;
    const errors = [];
    if (prebuilt) return { handler, out: prebuilt, errors, sourcemaps: [] };
    const out = path.join(work, "build", functionID);
    fs.mkdirSync(out, { recursive: true });
    const { dir, name, ext } = path.parse(handler);
    const entry = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]
      .map((e) => path.join(root, dir, name + e))
      .find((f) => fs.existsSync(f));
    if (!entry) errors.push(`Handler not found: ${handler}`);
    else if (opts.bundle) {
      const { install = {}, loader, minify, esbuild: extra = {} } = properties ?? {};
      const { metafile } = await esbuild
        .build({
          entryPoints: [entry],
          outfile: path.join(out, "bundle.mjs"),
          bundle: true,
          format: "esm",
          platform: "node",
          target: "es2022",
          mainFields: ["module", "main"],
          keepNames: true,
          metafile: true,
          logLevel: "silent",
          loader,
          minify,
          ...extra,
          external: ["sharp", "pg-native", ...Object.keys(install), ...(extra.external ?? [])],
        })
        .catch((e) => (errors.push(e.message), {}));
      const built = Object.values(metafile?.outputs ?? {}).find((o) => o.entryPoint);
      if (built && !built.exports.includes(ext.slice(1)))
        errors.push(`${handler}: ${path.relative(root, entry)} does not export "${ext.slice(1)}"`);
      if (built) graph.functions[functionID] = { ...input, bytes: built.bytes };
    }
    return { handler: `bundle${ext}`, out, errors, sourcemaps: [] };
  },
};
const server = http.createServer((req, res) => void serve(req, res));
async function serve(req, res) {
  let body = "";
  for await (const chunk of req) body += chunk;
  const { method, params } = JSON.parse(body);
  const answer = async () =>
    rpc[method]
      ? { result: await rpc[method](params[0]) }
      : { error: `rpc: can't find method ${method}` };
  const reply = await answer().catch((e) => ({ error: String(e) }));
  res.setHeader("connection", "close").end(JSON.stringify(reply));
}
await new Promise((done) => server.listen(0, "127.0.0.1", done));
server.unref();

// --- The program -------------------------------------------------------------------------------------------------------
try {
  const { default: app } = await import(
    await bundle("app", `export { default } from ${config}`, {
      banner: "const $config = (input) => input;",
    })
  );
  graph.app = { removal: "retain", ...(await app.app({ stage })), stage };
  graph.app.providers = Object.fromEntries(
    Object.entries(graph.app.providers ?? {}).map(([name, args]) => [
      name,
      typeof args === "string" ? { version: args } : args,
    ]),
  );

  process.env.SST_SERVER = `http://127.0.0.1:${server.address().port}`;
  process.env.SST_AWS_REGION = region;
  for (const [name, value] of Object.entries(opts.secrets ?? {}))
    process.env[`SST_SECRET_${name}`] = value;
  for (const [provider, args] of Object.entries(graph.app.providers))
    for (const [key, value] of Object.entries(args))
      pulumi.runtime.setConfig(
        `${provider}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      );

  const more = opts.mocks
    ? (await import(pathToFileURL(path.resolve(root, opts.mocks)).href)).default
    : {};
  engine({
    pulumi,
    root,
    project: graph.app.name,
    stage,
    cloud: cloud({ region, account, ...more }),
    siteOutput: opts.siteOutput,
    graph,
  });

  const lock = JSON.parse(fs.readFileSync(path.join(dotSst, "provider-lock.json"), "utf8"));
  const program = await bundle(
    "run",
    `import { run } from ${source("auto/run.ts")}; import app from ${config}; export default await run(app.run);`,
    {
      define: {
        $app: JSON.stringify(graph.app),
        $cli: JSON.stringify({
          command: "deploy",
          dev,
          paths: { home: work, root, work, platform },
          state: { version: {} },
        }),
        $dev: String(dev),
      },
      inject: [path.join(platform, "src/shim/run.js")],
      globals: [
        ...lock.map((p) => `import * as ${p.alias} from ${JSON.stringify(p.package)};`),
        `import * as sst from ${source("components")};`,
      ].join("\n"),
    },
  );
  await pulumi.runtime.runInPulumiStack(async () => (await import(program)).default);
} catch (error) {
  fail(error);
}
settled = true;
