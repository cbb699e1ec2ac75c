import { fileURLToPath } from "node:url";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { build } from "esbuild";
import { strToU8, zipSync } from "fflate";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Emulator {
  endpoint: string;
  region: string;
}

export const settings = ({ endpoint, region }: Emulator) => ({
  endpoint,
  region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

/** Bundles one of this folder's entries and makes a function of it. @returns its ARN. */
export async function deployFunction(
  emulator: Emulator,
  name: string,
  resources: Record<string, object>,
): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`infra-test/published-stack/${name}.ts`],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "es2024",
    nodePaths: ["infra/node_modules"],
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);',
    },
  });
  const code = outputFiles[0]?.text ?? "";
  const iam = new IAMClient(settings(emulator));
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy("sts:AssumeRole") }),
  );
  // What each function may do is judged where the app itself is applied.
  await iam.send(
    new PutRolePolicyCommand({ RoleName: name, PolicyName: "all", PolicyDocument: policy("*") }),
  );
  const lambda = new LambdaClient(settings(emulator));
  const variables = Object.entries({ App: { name: "outlet", stage: "test" }, ...resources });
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: Role?.Arn,
      Runtime: "nodejs24.x",
      Handler: "bundle.handler",
      Timeout: 30,
      Code: { ZipFile: zipSync({ "bundle.mjs": strToU8(code) }) },
      Environment: {
        Variables: Object.fromEntries(
          variables.map(([key, value]) => [`SST_RESOURCE_${key}`, JSON.stringify(value)]),
        ),
      },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 20, minDelay: 1, maxDelay: 1 },
    { FunctionName: name },
  );
  return FunctionArn ?? "";
}

const policy = (action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
  });
