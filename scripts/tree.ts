/**
 * Holds the tree to what nobody sees in a single file: no file is too long to be read, and `infra/`
 * holds what is deployed and nothing else. Part of `npm run check`.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What a file may have at most, so that one can read it at a sitting. */
export const linesMax = 400;

/** Lists and recordings, made and read by programs: nobody reads them from end to end. */
const data =
  /(^|\/)(package-lock|digest|sst-platform\.lock|stack-of-version-1)\.json$|\.(snap|jsonl|txt|bcmap)$/;

/** What deploying needs beside the program itself. */
const deploying = [
  "infra/install.mjs",
  "infra/package-lock.json",
  "infra/package.json",
  "infra/platform.mjs",
  "infra/sst-platform.lock.json",
  "infra/sst.mjs",
  "infra/tsconfig.json",
];

const generated = ["**/node_modules", "**/dist", ".git", ".outlet", ".sst", ".tools", ".cache"];

/**
 * Files of the repository, those that are about to be added included; strangers in the folder are
 * not. Where there is no repository, as in an archive, all that are there.
 */
export function trackedFiles(): string[] {
  const git = spawnSync("git", ["ls-files", "-z"], { cwd: root, maxBuffer: 1 << 26 });
  const paths =
    git.status === 0
      ? git.stdout.toString().split("\0")
      : globSync("**/*", { cwd: root, exclude: generated }).map((path) =>
          path.replaceAll("\\", "/"),
        );
  return paths.filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile());
}

type Read = (path: string) => Buffer;

/** @returns the files that are too long, each with how long it is. */
export function tooLong(paths: string[], read: Read): string[] {
  return paths
    .filter((path) => !data.test(path))
    .flatMap((path) => {
      const bytes = read(path);
      // A picture has no lines.
      const lines = bytes.includes(0) ? 0 : bytes.toString().split("\n").length - 1;
      return lines > linesMax ? [`${path}: ${lines} lines, ${linesMax} at most`] : [];
    });
}

/** @returns files under `infra/` that `sst.config.ts` does not lead to and deploying does not need. */
export function notDeployed(paths: string[], read: Read): string[] {
  const reached = new Set(deploying);
  const open = ["sst.config.ts"];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const next of importsOf(path, read(path).toString())) {
      if (reached.has(next) || !paths.includes(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return paths
    .filter((path) => path.startsWith("infra/") && !reached.has(path))
    .map((path) => `${path}: it is not deployed; tests of infra/ are in infra-test/`);
}

/** Files of `infra/` that a program of it imports, at once or when it gets there. */
function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from |import |import\()"(\.[^"]+)"/g)];
  return specifiers
    .map(([, specifier = ""]) => normalize(join(dirname(path), specifier)))
    .filter((target) => target.startsWith("infra/"))
    .map((target) => (target.endsWith(".ts") ? target : `${target}.ts`));
}

if (import.meta.main) {
  const read: Read = (path) => readFileSync(join(root, path));
  const paths = trackedFiles();
  const faults = [...tooLong(paths, read), ...notDeployed(paths, read)];
  process.stderr.write(faults.map((fault) => `${fault}\n`).join(""));
  process.exitCode = faults.length > 0 ? 1 : 0;
}
