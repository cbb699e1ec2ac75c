import { fileURLToPath } from "node:url";
import { outputOf } from "@outlet/conformance/command";

/** What a cold start of each function loads, by `npm run bench:init`. */
export async function initOfFunctions(): Promise<object> {
  const script = fileURLToPath(new URL("../../../scripts/bundle-init.ts", import.meta.url));
  // Its own, one JSON document.
  return JSON.parse(await outputOf(process.execPath, [script])) as object;
}
