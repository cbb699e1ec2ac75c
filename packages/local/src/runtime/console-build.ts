import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const web = join(root, "web");

/** Where the built console is. */
export const consoleDir = join(web, "dist");
const stampName = ".sources";

/** What the console and its documentation are built from; of the packages, what they tell of themselves. */
const sources = [
  "src",
  "docs-site",
  "public",
  "index.html",
  "build.ts",
  "vite.config.ts",
  "package.json",
  "../docs",
  "../examples",
  "../packages/core/src/foundation/problem",
  "../packages/functions/src/control-api",
  "../packages/functions/src/published-api/openapi",
];

/**
 * Builds the console unless what is there was built from these very sources.
 * @returns whether it had to be built.
 * @throws Error with the builder's own words where it failed; what was there before stays.
 */
export async function ensureConsole(onBuild: () => void): Promise<boolean> {
  const wanted = await stampOf();
  const found = await readFile(join(consoleDir, stampName), "utf8").catch(() => "");
  if (found === wanted) return false;
  onBuild();
  // Beside the old one, then in its place: a page that is open meanwhile finds whole files only.
  const scratch = join(root, "node_modules", ".cache", `console-${process.pid}`);
  const draft = join(scratch, "new");
  try {
    await mkdir(scratch, { recursive: true });
    await build(draft);
    await writeFile(join(draft, stampName), wanted);
    await rename(consoleDir, join(scratch, "old")).catch(() => undefined);
    await rename(draft, consoleDir);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return true;
}

async function stampOf(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of (await Promise.all(sources.map(files))).flat().toSorted()) {
    hash
      .update(path)
      .update("\0")
      .update(await readFile(join(web, path)));
  }
  hash.update(await readFile(join(root, "package-lock.json")));
  return hash.digest("hex");
}

async function files(path: string): Promise<string[]> {
  const entries = await readdir(join(web, path), { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(web, join(entry.parentPath, entry.name)));
}

function build(outDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(web, "build.ts"), "--outDir", outDir], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The console could not be built:\n${said.trim()}`));
    });
  });
}
