import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outlet, startOutlet } from "../runtime/runtime-fixture.ts";

const program = fileURLToPath(new URL("./demo.ts", import.meta.url));
/** Where the demo makes its own data folder. */
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "outlet-demo-test-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

function run(...args: string[]) {
  const child = spawn(process.execPath, [program, "--json", ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, TMPDIR: scratch },
  });
  const said = { out: "", errors: "" };
  child.stdout?.on("data", (chunk: Buffer) => (said.out += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (said.errors += chunk));
  const ended = once(child, "close").then(([code]) => ({ code, ...said }));
  return { child, ended };
}

const isEmpty = async () => (await readdir(scratch)).length === 0;

describe("npm run demo -- --json", () => {
  let outlet: Outlet;
  beforeAll(async () => {
    outlet = await startOutlet();
  });
  afterAll(() => outlet.stop());

  test("prints one document and nothing else, and every step of it holds", async () => {
    const { code, out, errors } = await run("--data", outlet.dataDir).ended;
    const { ok, steps, endpoint, answers, ...rest } = JSON.parse(out);
    const failed = steps.filter((step: { ok: boolean }) => !step.ok);
    // On a machine with other work to do, publishing may take longer than the second it checks.
    expect(failed.filter(({ name }: { name: string }) => !name.includes("under 1 s"))).toEqual([]);
    expect([code, ok]).toEqual(failed.length === 0 ? [0, true] : [1, false]);
    expect([errors, rest]).toEqual(["", {}]);
    expect(endpoint).toMatch(/^http:/);
    for (const step of steps) {
      expect(step).toMatchObject({ name: expect.any(String), ms: expect.any(Number) });
    }
    expect(answers).toHaveLength(ok ? 3 : 0);
  });

  test("says in the document which step failed, and why", async () => {
    const nobody = await mkdtemp(join(scratch, "data-"));
    const ready = { ...outlet.ready, issuer: "http://localhost:1/oidc" };
    await writeFile(join(nobody, "ready.json"), JSON.stringify(ready));
    const { code, out } = await run("--data", nobody).ended;
    await rm(nobody, { recursive: true });
    const { ok, steps } = JSON.parse(out);
    expect([code, ok]).toEqual([1, false]);
    expect(steps.at(-1)).toMatchObject({ name: "sign in as the owner", ok: false });
    expect(steps.at(-1).detail).toContain("does not answer");
  });
});

test("an interrupted demo ends what it started, and leaves nothing behind", async () => {
  const { child, ended } = run();
  while (await isEmpty()) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill("SIGINT");
  const { code, out } = await ended;
  expect(code).toBe(1);
  expect(JSON.parse(out).steps.at(-1).detail).toBe("Interrupted (SIGINT).");
  expect(await isEmpty()).toBe(true);
});
