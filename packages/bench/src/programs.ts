import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** A bench that is a program of its own: it prints one JSON document, and fails beyond its limits. */
async function figuresOf(script: string): Promise<object> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await Promise.all([text(child.stdout), once(child, "close")]);
  return { ...(JSON.parse(printed) as object), good: child.exitCode === 0 };
}

/** What a cold start of each function loads, by `npm run bench:init`. */
export const initOfFunctions = () => figuresOf("../../../scripts/bundle-init.ts");

/** What waiting for an answer adds to the model's own time, by `npm run bench:long-poll`. */
export const waiting = () => figuresOf("long-poll.ts");
