import { serveInChild } from "./child.ts";
import { openRoutes, type Path } from "./path.ts";

/** The path that everything else is compared with: see `naive.child.ts`. */
export async function startNaive(): Promise<Path> {
  const { child, origin, stop } = await serveInChild("naive.child.ts");
  return { ...openRoutes(origin), pids: { main: child.pid ?? 0 }, stop };
}
