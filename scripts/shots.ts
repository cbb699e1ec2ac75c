/**
 * Pictures of every page, narrow and wide, light and dark, in `shots/`: `npm run shots`. Those whose
 * names have a word in them: `npm run shots -- admin`. Those of the README alone: `npm run shots -- readme`.
 */
import { spawnSync } from "node:child_process";
import { ensureChromium } from "./chromium.ts";

const OUTLET_CHROMIUM = ensureChromium();
const { status } = spawnSync(process.execPath, ["web/test/shots.ts", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, OUTLET_CHROMIUM },
});
process.exitCode = status ?? 1;
