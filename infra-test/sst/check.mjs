#!/usr/bin/env node
// The real `sst diff`, with no AWS account and no Pulumi: the CLI evaluates sst.config.ts, bundles every handler as it would for a
// deployment (into .sst/artifacts), runs the program against mocks, and writes sst-env.d.ts, the types of `Resource`.
// usage: check.mjs [--stage NAME] [--dev] [--secret NAME=VALUE]…
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    stage: { type: "string", default: "ci" },
    dev: { type: "boolean" },
    secret: { type: "string", multiple: true, default: [] },
  },
});
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const log = path.join(root, ".sst", "log", "check.log");
const typesFile = path.join(root, "sst-env.d.ts");
const types = fs.existsSync(typesFile) && fs.readFileSync(typesFile);
fs.mkdirSync(path.dirname(log), { recursive: true });
const configHome = fs.mkdtempSync(path.join(os.tmpdir(), "sst-check-"));

// Where the CLI looks for Pulumi.
const mac = process.platform === "darwin";
const bin = path.join(configHome, mac ? "Library/Application Support/sst/bin" : "sst/bin");
fs.mkdirSync(bin, { recursive: true });
const pulumi = [
  process.execPath,
  "--no-warnings",
  "--enable-source-maps",
  path.join(root, "infra-test/sst/pulumi.mjs"),
]
  .map((a) => JSON.stringify(a))
  .join(" ");
fs.writeFileSync(path.join(bin, "pulumi"), `#!/bin/sh\nexec ${pulumi} "$@"\n`, { mode: 0o755 });

// What the CLI itself asks of AWS: SSM for its bootstrap and the passphrase, S3 for the state (none), AppSync for `sst dev`.
const parameters = {
  "/sst/bootstrap": JSON.stringify({
    version: 1e6,
    asset: "sst-asset",
    state: "sst-state",
    assetEcrRegistryId: "1",
    assetEcrUrl: "ecr",
  }),
};
const ssm = {
  GetParameter: ({ Name }) =>
    parameters[Name]
      ? { Parameter: { Name, Value: parameters[Name] } }
      : { __type: "ParameterNotFound" },
  PutParameter: ({ Name, Value }) => ((parameters[Name] = Value), { Version: 1 }),
};
const aws = http.createServer((req, res) => void serve(req, res));
async function serve(req, res) {
  let body = "";
  for await (const chunk of req) body += chunk;
  const json = (value) =>
    res
      .writeHead(value.__type ? 400 : 200, { "content-type": "application/x-amz-json-1.1" })
      .end(JSON.stringify(value));
  const call = ssm[req.headers["x-amz-target"]?.split(".")[1]];
  if (call) return json(call(JSON.parse(body)));
  if (req.url.startsWith("/v2/apis/"))
    return json({
      api: { apiId: "sst", name: "sst", dns: { HTTP: "http.mock", REALTIME: "realtime.mock" } },
    });
  if (req.url.startsWith("/v2/apis")) return json({ apis: [{ apiId: "sst", name: "sst" }] });
  res
    .writeHead(404, { "content-type": "application/xml" })
    .end("<Error><Code>NoSuchKey</Code></Error>");
}
await new Promise((done) => aws.listen(0, "127.0.0.1", done));

const child = spawn(
  process.execPath,
  [
    path.join(root, "infra/node_modules/sst/bin/sst.mjs"),
    "diff",
    "--stage",
    values.stage,
    ...(values.dev ? ["--dev"] : []),
  ],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")),
      ),
      ...Object.fromEntries(
        values.secret.map((secret) => {
          const [name, ...value] = secret.split("=");
          return [`SST_SECRET_${name}`, value.join("=")];
        }),
      ),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.address().port}`,
      AWS_ACCESS_KEY_ID: "offline",
      AWS_SECRET_ACCESS_KEY: "offline",
      AWS_EC2_METADATA_DISABLED: "true",
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_BUN_PATH: path.join(root, "infra/platform.mjs"),
      SST_LOG: log,
      XDG_CONFIG_HOME: configHome,
      ...(mac && { HOME: configHome }),
      DO_NOT_TRACK: "1",
    },
  },
);
child.on("exit", (code) => {
  aws.close();
  if (code !== 0 && types) fs.writeFileSync(typesFile, types); // a failed run leaves types for a part of the resources
  fs.rmSync(configHome, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
