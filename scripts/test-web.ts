/** The console in a real browser: `npm run test:web`, and what follows is handed to Vitest. */
import { spawnSync } from "node:child_process";
import { ensureChromium } from "./chromium.ts";

const OUTLET_CHROMIUM = ensureChromium();
const { status } = spawnSync(
  "vitest",
  ["run", "--config", "web/test/vitest.config.ts", ...process.argv.slice(2)],
  { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, OUTLET_CHROMIUM } },
);
process.exitCode = status ?? 1;
