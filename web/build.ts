/**
 * Builds the console and the documentation that it serves: `npm run build -w web`. `--outDir` says
 * where to; it is emptied first.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildDocs } from "./docs-site/build.ts";

const web = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: { outDir: { type: "string", default: join(web, "dist") } },
});
const outDir = resolve(values.outDir);
const vite = join(web, "..", "node_modules", "vite", "bin", "vite.js");
const { status } = spawnSync(
  process.execPath,
  [vite, "build", "--outDir", outDir, "--emptyOutDir", "--logLevel", "warn"],
  { cwd: web, stdio: "inherit", env: { ...process.env, NODE_ENV: "production" } },
);
process.exitCode = status ?? 1;
if (status === 0) await buildDocs(outDir);
