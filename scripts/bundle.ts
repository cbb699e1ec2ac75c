/**
 * Bundles every function as SST does for a deployment, and holds the sizes to their budgets:
 * `npm run bundle` prints them, with what each weighs most by. `sst` itself, which adds about 4 KB,
 * is left out: it is there only where Outlet is deployed from.
 */
import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile } from "esbuild";
import { unreachable } from "./bundle-settings.ts";

export interface Bundle {
  /** Of what is loaded when the function starts. */
  bytes: number;
  /** How much of that is of each package. */
  packages: Record<string, number>;
  /** Our own files that are loaded then, from the repository's root. */
  files: string[];
  /** Node's modules that are imported then. */
  builtins: string[];
}

/**
 * KiB of minified code: what loads before the first request of a cold start can be answered. A domain
 * is best imported as `import * as Key from "@outlet/core/publishing/key"`: of one imported by the
 * name it gives itself (`import { Key }`) esbuild keeps all.
 */
export const budgetsKib: Record<string, number> = {
  authorizer: 45,
  "published-api": 172,
  worker: 160,
  "control-api": 830,
  deployer: 410,
  sweeper: 125,
  syncer: 410,
  "dead-letters": 36,
  webhooks: 52,
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** Each function's entry lies in a folder of its name, as `lambda.ts`. */
export const entries: readonly string[] = globSync("**/lambda.ts", {
  cwd: fileURLToPath(new URL("../packages/functions/src/", import.meta.url)),
});

function entryOf(name: string): string {
  const found = entries.find((entry) => basename(dirname(entry)) === name);
  if (!found) throw new Error(`packages/functions has no lambda.ts in a folder ${name}`);
  return found.replaceAll("\\", "/");
}

export async function bundleFunction(name: string): Promise<Bundle> {
  const { metafile } = await build({ ...optionsOf(name), external: ["sst", ...unreachable] });
  return bundleOf(name, metafile);
}

/**
 * The same, written to a folder with a package in place of `sst` and nothing left out, so that it can
 * be run.
 * @returns the file to load.
 */
export async function bundleTo(name: string, outdir: string, sst: string): Promise<string> {
  await build({
    ...optionsOf(name),
    outdir,
    write: true,
    entryNames: "entry",
    outExtension: { ".js": ".mjs" },
    alias: { sst },
    // Some packages are CommonJS inside.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return `${outdir}/entry.mjs`;
}

const optionsOf = (name: string) =>
  ({
    absWorkingDir: root,
    entryPoints: [`packages/functions/src/${entryOf(name)}`],
    bundle: true,
    minify: true,
    write: false,
    outdir: "dist",
    splitting: true,
    metafile: true,
    platform: "node",
    format: "esm",
    target: "es2024",
    mainFields: ["module", "main"],
    logLevel: "silent",
  }) as const satisfies BuildOptions;

function bundleOf(name: string, metafile: Metafile): Bundle {
  const entry = Object.entries(metafile.outputs).find(([, output]) =>
    output.entryPoint?.endsWith(`/${entryOf(name)}`),
  );
  if (!entry) throw new Error(`esbuild made nothing of ${name}`);
  const loaded = loadedWith(entry[0], metafile.outputs);
  return {
    bytes: loaded.reduce((sum, { bytes }) => sum + bytes, 0),
    packages: packagesOf(loaded),
    files: loaded
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path, { bytesInOutput }]) => path.startsWith("packages/") && bytesInOutput > 0)
      .map(([path]) => path),
    builtins: loaded
      .flatMap(({ imports }) => imports)
      .filter(({ external, kind }) => external && kind === "import-statement")
      .map(({ path }) => path.replace(/^node:/, "")),
  };
}

type Outputs = Metafile["outputs"];

/** A file and the chunks that it imports at once, without those it may import later. */
function loadedWith(path: string, outputs: Outputs, seen = new Set<string>()): Outputs[string][] {
  const output = outputs[path];
  if (!output || seen.has(path)) return [];
  seen.add(path);
  const imports = output.imports.filter(({ kind }) => kind === "import-statement");
  return [output, ...imports.flatMap((next) => loadedWith(next.path, outputs, seen))];
}

function packagesOf(files: Outputs[string][]): Record<string, number> {
  const sizes: Record<string, number> = {};
  const inputs = files.flatMap((file) => Object.entries(file.inputs));
  for (const [path, { bytesInOutput }] of inputs) {
    const modules = path.lastIndexOf("node_modules/");
    const name =
      modules === -1
        ? path.split("/").slice(0, 2).join("/")
        : (/^(@[^/]+\/[^/]+|[^/]+)/.exec(path.slice(modules + 13))?.[0] ?? path);
    if (bytesInOutput > 0) sizes[name] = (sizes[name] ?? 0) + bytesInOutput;
  }
  return sizes;
}

if (process.argv[1] && basename(process.argv[1]) === "bundle.ts") await report();

async function report(): Promise<void> {
  for (const [name, budget] of Object.entries(budgetsKib)) {
    const { bytes, packages } = await bundleFunction(name);
    const kib = Math.round(bytes / 1024);
    const heaviest = Object.entries(packages)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 4)
      .map(([pkg, size]) => `${pkg} ${Math.round(size / 1024)}`);
    process.stdout.write(
      `${name.padEnd(14)} ${String(kib).padStart(5)} KiB of ${budget}  (${heaviest.join(", ")})\n`,
    );
    if (kib > budget) process.exitCode = 1;
  }
}
