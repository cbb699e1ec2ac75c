import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildFunctions } from "./emulator/start.ts";
import { root } from "./program.ts";
import { shareRenders } from "./renders.ts";
import { secrets, settings, stage } from "./applied/settings.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `sst-env.d.ts` as it was before SST wrote it anew. */
    committedTypes: string;
    /** Where the program's graphs are had from (renders.ts). */
    rendersUrl: string;
  }
}

/**
 * Bundles every function once for all suites, by SST's own `sst diff`: .sst/artifacts holds one build.
 * Graphs are made as suites ask for them, each once for all.
 */
export async function setup(project: TestProject): Promise<() => void> {
  project.provide("committedTypes", await readFile(join(root, "sst-env.d.ts"), "utf8"));
  await buildFunctions(stage, secrets, settings);
  const renders = await shareRenders();
  project.provide("rendersUrl", renders.url);
  return renders.stop;
}
