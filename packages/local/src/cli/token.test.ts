import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type RunningIssuer, startIssuer } from "../oidc/issuer-fixture.ts";
import { main } from "./token.ts";

let issuer: RunningIssuer;
let dataDir: string;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-token-"));
  await writeReady({});
  return () => rm(dataDir, { recursive: true });
});

function writeReady(changes: Record<string, unknown>) {
  const users = issuer.users.map(({ name, password, groups }) => ({ name, password, groups }));
  const ready = { consoleUrl: "http://localhost/", issuer: issuer.url, users, ...changes };
  return writeFile(join(dataDir, "ready.json"), JSON.stringify(ready));
}

async function run(args: string[], env: Record<string, string> = {}) {
  let out = "";
  let error = "";
  const write = { out: (text: string) => (out += text), error: (text: string) => (error += text) };
  return { code: await main(args, { ...write, env }), out, error };
}

const usernameIn = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).username;

describe("npm run token", () => {
  test("prints the token, a newline and nothing else", async () => {
    const { code, out, error } = await run(["--data", dataDir, "--user", "admin"]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(usernameIn(out)).toBe("admin");
  });

  test("takes the owner and the folder of OUTLET_DATA where nothing is said", async () => {
    const { out } = await run([], { OUTLET_DATA: dataDir });
    expect(usernameIn(out)).toBe("owner");
  });

  test("run as a program keeps stdout clean and sets the exit code", async () => {
    const program = fileURLToPath(new URL("./token.ts", import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      program,
      "--data",
      dataDir,
    ]);
    expect(usernameIn(stdout)).toBe("owner");
    expect(stderr).toBe("");
    const failed = promisify(execFile)(process.execPath, [
      program,
      "--data",
      join(dataDir, "none"),
    ]);
    await expect(failed).rejects.toMatchObject({ code: 1, stdout: "" });
  });

  test("explains itself when asked", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/--data DIR[\s\S]*--user NAME/);
  });

  test.each([[["--user"]], [["--usr", "owner"]], [["owner"]]])(
    "refuses %j and shows how it is meant",
    async (args) => {
      const { code, out, error } = await run(args);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(error).toContain("npm run token --");
    },
  );

  test("names the users there are instead of an unknown one", async () => {
    const { code, error } = await run(["--data", dataDir, "--user", "root"]);
    expect(code).toBe(1);
    expect(error).toBe("There is no user “root”. Take one of: owner, user, admin.\n");
  });

  test("says how to start Outlet where it is not running", async () => {
    const none = join(dataDir, "none");
    const missing = await run(["--data", none]);
    expect(missing.error).toMatch(/No running Outlet found: .*ENOENT/);
    expect(missing.error).toContain(`npm start -- --data ${none}`);
    await writeReady({ issuer: "http://127.0.0.1:9/oidc" });
    const stopped = await run(["--data", dataDir]);
    expect(stopped).toMatchObject({ code: 1, out: "" });
    expect(stopped.error).toMatch(/does not answer\.\nIs Outlet running\?/);
  });

  test("does not quote a broken ready.json or a wrong password", async () => {
    await writeFile(join(dataDir, "ready.json"), `{"password":"hunter2"`);
    const broken = await run(["--data", dataDir]);
    expect(broken.error).toMatch(/ready\.json is not what Outlet writes/);
    expect(broken.error).not.toContain("hunter2");
    await writeReady({ users: [{ name: "owner", password: "hunter2", groups: [] }] });
    const stale = await run(["--data", dataDir]);
    expect(stale.error).toMatch(/was refused/);
    expect(stale.error).not.toContain("hunter2");
  });
});
