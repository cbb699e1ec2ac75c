/** Finds a Chromium to test with, or installs Debian's where that is possible. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** The one that OUTLET_CHROMIUM names, or else the first in the usual places. */
export const findChromium = (): string | undefined =>
  process.env.OUTLET_CHROMIUM ?? places.find((place) => existsSync(place));

/** @throws Error that says what to do where there is none and none can be installed. */
export function ensureChromium(): string {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    process.stderr.write("Installing Chromium …\n");
    apt("update", "-q");
    apt("install", "-qy", "--no-install-recommends", "chromium");
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    "There is no Chromium here. Install one, or name one in OUTLET_CHROMIUM, then try again.",
  );
}

function apt(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env });
  if (status !== 0) throw new Error(`apt-get ${args[0]} failed: see above.`);
}
