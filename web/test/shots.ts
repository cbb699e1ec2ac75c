/** Pictures of every page and state into `shots/`, to be looked at. */
import { mkdir } from "node:fs/promises";
import { launch } from "./support/browser.ts";
import { startOutlet } from "./support/outlet.ts";
import { setStage, views } from "./support/stage.ts";

const outlet = await startOutlet();
const browser = await launch();
try {
  await mkdir("shots", { recursive: true });
  for (const width of [360, 1440]) {
    for (const scheme of ["light", "dark"] as const) {
      const stage = await setStage(browser, outlet.ready, { width, scheme });
      for (const { name, path, shows } of views(stage)) {
        await stage.page.goto(outlet.ready.consoleUrl + path);
        await stage.page.getByText(shows).first().waitFor();
        await stage.page.waitForLoadState("networkidle");
        const file = `shots/${name}-${width}-${scheme}.png`;
        await stage.page.screenshot({ path: file, fullPage: true });
        process.stdout.write(`${file}\n`);
      }
      await stage.context.close();
    }
  }
} finally {
  await browser.close();
  await outlet.stop();
}
