/**
 * A newcomer, by nothing but the README: `npm run newcomer` clones the last commit, installs and
 * starts it, and comes to the first answer of a bot of one's own in a real browser.
 */
import { spawnSync } from "node:child_process";
import { ensureChromium } from "./chromium.ts";

const OUTLET_CHROMIUM = ensureChromium();
const { status } = spawnSync(process.execPath, ["web/test/newcomer-from-clone.ts"], {
  stdio: "inherit",
  env: { ...process.env, OUTLET_CHROMIUM },
});
process.exitCode = status ?? 1;
