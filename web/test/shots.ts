/** Pictures of every page and state into `shots/`, to be looked at. */
import { mkdir } from "node:fs/promises";
import { launch } from "./support/browser.ts";
import { startOutlet } from "./support/outlet.ts";
import { pageOf, setStage, views } from "./support/stage.ts";

/** Part of the names of the pages that are wanted; all where nothing is said. */
const wanted = process.argv[2] ?? "";
const outlet = await startOutlet();
const browser = await launch();
try {
  await mkdir("shots", { recursive: true });
  for (const width of [360, 1440]) {
    for (const scheme of ["light", "dark"] as const) {
      const stage = await setStage(browser, outlet.ready, { width, scheme });
      for (const view of views(stage).filter(({ name }) => name.includes(wanted))) {
        const { name, path, shows } = view;
        const page = pageOf(stage, view);
        await page.goto(outlet.ready.consoleUrl + path);
        await page.getByText(shows).first().waitFor();
        await page.waitForLoadState("networkidle");
        const file = `shots/${name}-${width}-${scheme}.png`;
        await page.screenshot({ path: file, fullPage: true });
        process.stdout.write(`${file}\n`);
      }
      await stage.context.close();
      await stage.admin.context.close();
    }
  }
} finally {
  await browser.close();
  await outlet.stop();
}
