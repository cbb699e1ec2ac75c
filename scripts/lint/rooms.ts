/**
 * The plan of the house as the linter holds it: which packages, and which wings of core, a file may
 * import from. `docs/architecture.md` draws the same.
 */

/** The wings of `packages/core/src`, lowest first: a file imports from its own wing and those before. */
export const wings = [
  "ports",
  "foundation",
  "store",
  "models",
  "records",
  "bots",
  "publishing",
  "conversations",
  "observability",
  "maintenance",
] as const;

/** Of each folder under `packages/`, which others it may import. */
const packages: Readonly<Record<string, readonly string[]>> = {
  core: [],
  aws: ["core"],
  functions: ["aws", "core"],
  local: ["functions", "aws", "core"],
  bench: ["local", "functions", "aws", "core", "conformance"],
  conformance: ["local", "functions", "aws", "core"],
};

export interface Place {
  /** Name of the folder under `packages/`. */
  pkg: string;
  /** Path below its `src`, as segments. */
  path: readonly string[];
}

/** Where a file lies; `undefined` outside of `packages/{name}/src`. */
export function placeOf(file: string): Place | undefined {
  const [, pkg, rest] = /(?:^|\/)packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  return pkg && rest ? { pkg, path: rest.split("/") } : undefined;
}

/** What is wrong about a file of that place importing that module; `undefined` where nothing is. */
export function complaint(place: Place, module: string): string | undefined {
  if (module.startsWith("@outlet/")) {
    const pkg = module.split("/")[1] ?? "";
    if (pkg === place.pkg) return "Import your own package by path.";
    return (packages[place.pkg] ?? []).includes(pkg)
      ? undefined
      : `${place.pkg} imports ${list(packages[place.pkg] ?? [])} of ours.`;
  }
  if (!module.startsWith(".")) return undefined;
  const target = resolve(place.path, module);
  if (!target) return "Import other packages by name.";
  return place.pkg === "core" ? ofWings(place.path, target) : undefined;
}

function ofWings(from: readonly string[], to: readonly string[]): string | undefined {
  const [own, other] = [wingOf(from), wingOf(to)];
  if (own === undefined) return `No wing of that name: ${from[0]}. There are ${wings.join(", ")}.`;
  if (other === undefined) return `No wing of that name: ${to[0]}.`;
  if (own === other) return undefined;
  if (wings.indexOf(other) > wings.indexOf(own)) {
    return `${own} lies below ${other} and may not import it.`;
  }
  return to.at(-1) === "index.ts" ? undefined : "Across wings, import a domain by its index.ts.";
}

const wingOf = ([name]: readonly string[]) => wings.find((wing) => wing === name);

/** The path that a relative module is at; `undefined` where that leaves `src`. */
function resolve(from: readonly string[], module: string): string[] | undefined {
  const path = from.slice(0, -1);
  for (const segment of module.split("/")) {
    if (segment === ".") continue;
    if (segment !== "..") path.push(segment);
    else if (path.pop() === undefined) return undefined;
  }
  return path;
}

const list = (names: readonly string[]) => names.join(", ") || "nothing";
