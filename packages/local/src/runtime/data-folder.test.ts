import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareDataFolder, typedPath } from "./data-folder.ts";
import { readOptions } from "./options.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outlet-folder-"));
  await writeFile(join(folder, "file"), "");
});
afterAll(() => rm(folder, { recursive: true }));

describe("the data folder", () => {
  test("is made with all that leads to it, for its owner only", async () => {
    const path = join(folder, "a", "b");
    await prepareDataFolder(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await expect(prepareDataFolder(path)).resolves.toBeUndefined();
  });

  test("that was there before gives nothing of ours to others, and keeps what is not ours", async () => {
    const path = join(folder, "before");
    await mkdir(join(path, "stacks"), { recursive: true, mode: 0o755 });
    await writeFile(join(path, "stacks", "a.json"), "", { mode: 0o644 });
    await writeFile(join(path, "gateway.sqlite-wal"), "", { mode: 0o666 });
    await writeFile(join(path, "notes.txt"), "");
    await chmod(join(path, "notes.txt"), 0o644);
    await symlink(join(path, "notes.txt"), join(path, "ready.json"));
    await chmod(path, 0o755);
    await prepareDataFolder(path);
    const modeOf = async (name: string) =>
      ((await stat(join(path, name))).mode & 0o777).toString(8);
    expect(
      await Promise.all(["stacks", "stacks/a.json", "gateway.sqlite-wal"].map(modeOf)),
    ).toEqual(["700", "600", "600"]);
    expect(await Promise.all([".", "notes.txt"].map(modeOf))).toEqual(["755", "644"]);
    await writeFile(join(path, "new"), "");
    expect(await modeOf("new")).toBe("600");
  });

  test("that cannot be one is named, with the reason", async () => {
    const attempts = [
      [join(folder, "file"), "it is not a folder"],
      [join(folder, "file", "below"), "part of its path is a file"],
    ] as const;
    for (const [path, reason] of attempts) {
      const message = `the data folder ${path} cannot be used: ${reason}. Choose another with --data.`;
      await expect(prepareDataFolder(path)).rejects.toThrow(message);
    }
  });

  test.runIf(process.platform === "linux")(
    "is refused at once where /proc refuses it",
    async () => {
      await expect(prepareDataFolder("/proc/outlet/data")).rejects.toThrow("cannot be used");
    },
  );
});

describe("a folder as it was typed", () => {
  test("is relative to where npm was called, not to the project", () => {
    expect(typedPath("data", { INIT_CWD: folder })).toBe(join(folder, "data"));
    expect(typedPath("/data", { INIT_CWD: folder })).toBe("/data");
    expect(typedPath("data", {})).toBe(join(process.cwd(), "data"));
    const options = readOptions(["--data", "data"], { INIT_CWD: folder });
    expect(options?.dataDir).toBe(join(folder, "data"));
  });

  test("is the project's own where nothing is typed", () => {
    expect(readOptions([], { INIT_CWD: folder })?.dataDir).toBe(join(process.cwd(), ".outlet"));
  });
});
