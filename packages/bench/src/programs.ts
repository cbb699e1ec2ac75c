import { fileURLToPath } from "node:url";
import { outputOf } from "@outlet/conformance/command";

/** A bench that is a program of its own and prints one JSON document. */
async function figuresOf(script: string): Promise<object> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return JSON.parse(await outputOf(process.execPath, [path])) as object;
}

/** What a cold start of each function loads, by `npm run bench:init`. */
export const initOfFunctions = () => figuresOf("../../../scripts/bundle-init.ts");

/** What waiting for an answer adds to the model's own time, by `npm run bench:long-poll`. */
export const waiting = () => figuresOf("long-poll.ts");
