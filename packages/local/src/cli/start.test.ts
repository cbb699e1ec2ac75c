import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("./start.ts", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outlet-start-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As npm's own script runs it: with a channel, which must not keep it once it has failed. */
async function run(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let out = "";
  let errors = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk));
  const [code] = await once(child, "close");
  return { code, out, errors };
}

describe("a start that fails ends, and says why", () => {
  test("where the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, out, errors } = await run("--port", `${port}`, "--data", join(folder, "data"));
    other.close();
    expect([code, out]).toEqual([1, ""]);
    expect(errors).toContain(`port ${port} is in use. Choose another with --port`);
  });

  test("where the data folder is a file", async () => {
    const path = join(folder, "file");
    await writeFile(path, "");
    const { code, errors } = await run("--port", "0", "--data", path);
    expect(code).toBe(1);
    expect(errors).toBe(
      `Outlet did not start: the data folder ${path} cannot be used: it is not a folder. Choose another with --data.\n`,
    );
  });

  test("where an option is wrong", async () => {
    const { code, out, errors } = await run("--data", "");
    expect([code, out, errors]).toEqual([2, "", "--data must name a folder.\n"]);
  });
});
