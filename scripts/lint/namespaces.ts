import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** Where what is written is bundled for a function. */
const bundled = /\/packages\/(core|aws|functions)\/src\//;
const exempt = /\.test\.ts$|test-support|fixture/;

const core = "@outlet/core/";

const said = new Map<string, Set<string>>();

/** The names that a module gives itself: `export * as Key from "./index.ts"`, written in `index.ts`. */
function ownNames(file: string): Set<string> {
  const known = said.get(file);
  if (known) return known;
  const names = new Set<string>();
  for (const [, name = "", from] of textOf(file).matchAll(
    /export \* as (\w+) from "\.\/([^"]+)"/g,
  )) {
    if (from === basename(file)) names.add(name);
  }
  said.set(file, names);
  return names;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Of a package, or not there: TypeScript tells.
    return "";
  }
}

/**
 * What is wrong with importing a name from a module: of a domain imported by the name that it gives
 * itself esbuild keeps all, used or not.
 * @param filename of the importing file, with slashes.
 */
export function complaintAboutImport(
  filename: string,
  module: string,
  names: readonly string[],
): string | undefined {
  const at = filename.search(bundled);
  if (at === -1 || exempt.test(filename)) return undefined;
  const file = module.startsWith(core)
    ? `${filename.slice(0, at)}/packages/core/src/${module.slice(core.length)}/index.ts`
    : resolve(dirname(filename), module);
  const own = names.find((name) => ownNames(file).has(name));
  return own && `import * as ${own} from "${module}": of { ${own} } a bundle keeps all.`;
}
