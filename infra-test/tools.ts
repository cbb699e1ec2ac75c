import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tools = fileURLToPath(new URL("../.tools/", import.meta.url));

/** Where `npm run test:aws` puts MiniStack. */
export const ministack = join(tools, "python/bin/ministack");

const client = join(tools, "lambda-runtime");

/** Where it puts AWS's runtime client for Node: `undefined` where that could not be built. */
export const runtimeClient = existsSync(join(client, "node_modules/aws-lambda-ric"))
  ? client
  : undefined;
