import { join } from "node:path";
import { run } from "../referees/command.ts";
import { need, once, toolsDir } from "../referees/install.ts";

/** Stock clients of OpenAI's API in Python, at the versions that the suite was written for. */
const clients = [
  "openai==3.57.0",
  "openai-agents==0.24.0",
  "langchain-openai==1.7.4",
  "pydantic-ai-slim[openai]==2.68.0",
  "litellm==1.110.2",
  "llm==0.36",
  "mcp==2.3.0",
];

/** What makes requests up from an API's own description. */
const schemathesis = ["schemathesis==4.32.5"];

/** Apart from each other: they want other versions of the same packages. */
async function environment(name: string, packages: readonly string[]): Promise<string> {
  const directory = join(toolsDir, name);
  await once(directory, packages.join("\n"), async () => {
    await need("python3", ["-c", "import venv, ensurepip"], ["python3", "python3-venv"]);
    await run("python3", ["-m", "venv", directory]);
    await run(join(directory, "bin", "pip"), ["install", "--quiet", ...packages]);
  });
  return join(directory, "bin");
}

/** @returns the interpreter that has the clients. */
export const installClients = async (): Promise<string> =>
  join(await environment("python-clients", clients), "python");

/** @returns the command. */
export const installSchemathesis = async (): Promise<string> =>
  join(await environment("schemathesis", schemathesis), "schemathesis");
