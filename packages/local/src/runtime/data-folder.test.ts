import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
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
