import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../referees/command.ts";
import { need, once, toolsDir } from "../referees/install.ts";

/**
 * Brings TLC, the model checker of TLA+, to `.tools/`.
 * @returns a class path for Java.
 */
export async function installTlc(pom: string): Promise<string> {
  await need("java", ["-version"], ["default-jre-headless"]);
  const directory = join(toolsDir, "tlc");
  await once(directory, readFileSync(pom, "utf8"), async () => {
    await need("mvn", ["-version"], ["maven"]);
    await run("mvn", [
      "--quiet",
      "--batch-mode",
      `--file=${pom}`,
      "dependency:copy-dependencies",
      `-DoutputDirectory=${directory}`,
    ]);
  });
  return join(directory, "*");
}
