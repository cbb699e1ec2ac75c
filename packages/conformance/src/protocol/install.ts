import { join } from "node:path";
import { bringJars, toolsDir } from "../referees/install.ts";

/**
 * Brings TLC, the model checker of TLA+, to `.tools/`.
 * @returns a class path for Java.
 */
export function installTlc(pom: string): Promise<string> {
  return bringJars(pom, join(toolsDir, "tlc"));
}
