import { serveInChild } from "./child.ts";

/** A model that answers at once: see `upstream.child.ts`. */
export async function startUpstream(): Promise<{ base: string; stop: () => Promise<void> }> {
  const { origin, stop } = await serveInChild("upstream.child.ts");
  return { base: `${origin}/v1`, stop };
}
