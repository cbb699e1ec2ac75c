import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSecrets } from "./secrets.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-secrets-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe("the secrets of a data folder", () => {
  test("are made once and read ever after", async () => {
    const first = await loadSecrets(dataDir);
    expect(await loadSecrets(dataDir)).toEqual(first);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  test("are for their owner's eyes only, also after a backup put them back readable", async () => {
    await loadSecrets(dataDir);
    const path = join(dataDir, "secrets.json");
    expect(await modeOf(path)).toBe(0o600);
    await chmod(path, 0o644);
    await loadSecrets(dataDir);
    expect(await modeOf(path)).toBe(0o600);
  });

  test("are made in a folder that is not there yet", async () => {
    const nested = join(dataDir, "a", "b");
    await loadSecrets(nested);
    expect(await modeOf(nested)).toBe(0o700);
  });

  test("are the same for all who begin at once", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => loadSecrets(dataDir)));
    expect(new Set(all.map((secrets) => JSON.stringify(secrets))).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  test("differ from one folder to the next, and from user to user", async () => {
    const [one, two] = await Promise.all([
      loadSecrets(join(dataDir, "one")),
      loadSecrets(join(dataDir, "two")),
    ]);
    const values = [one, two].flatMap((secrets) => [
      secrets.pepper,
      ...secrets.issuer.cookieKeys,
      ...secrets.issuer.jwks.keys.map((key) => key.n),
      ...Object.values(secrets.passwords),
      ...Object.values(secrets.subjects),
    ]);
    expect(new Set(values).size).toBe(values.length);
    expect(one.passwords.owner).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){4}[0-9a-hjkmnp-tv-z]{4}$/);
    expect(Buffer.from(one.pepper, "base64")).toHaveLength(32);
  });

  test("that cannot be used stop the start, stay as they are, and are not quoted", async () => {
    const path = join(dataDir, "secrets.json");
    const { pepper: _, ...rest } = await loadSecrets(dataDir);
    for (const [text, cause] of [
      ["hunter2 {", "not JSON"],
      [JSON.stringify({ ...rest, pepper: "c2hvcnQ=" }), "pepper"],
      [JSON.stringify(rest), "pepper"],
    ] as const) {
      await writeFile(path, text);
      const failure = await loadSecrets(dataDir).catch((error: Error) => error.message);
      expect(failure).toContain(path);
      expect(failure).toContain(cause);
      expect(failure).not.toMatch(/hunter2|c2hvcnQ/);
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });
});
