/** Pictures of every page and state into `shots/`, to be looked at, and those of the README. */
import { mkdir } from "node:fs/promises";
import { launch } from "./fixture/browser.ts";
import { createFixture, pageOf, views } from "./fixture/console.ts";
import { startOutlet } from "./fixture/outlet.ts";
import { takePictures } from "./pictures/pictures.ts";

/** Part of the names of the pages that are wanted; all where nothing is said. */
const wanted = process.argv[2] ?? "";
const outlet = await startOutlet();
const browser = await launch();
try {
  await mkdir("shots", { recursive: true });
  if (wanted === "" || wanted === "readme") await takePictures(browser, outlet.ready);
  for (const width of wanted === "readme" ? [] : [360, 1440]) {
    for (const scheme of ["light", "dark"] as const) {
      const fixture = await createFixture(browser, outlet.ready, { width, scheme });
      for (const view of views(fixture).filter(({ name }) => name.includes(wanted))) {
        const { name, path, shows } = view;
        const page = pageOf(fixture, view);
        await page.goto(outlet.ready.consoleUrl + path);
        await page.getByText(shows).first().waitFor();
        await page.waitForLoadState("networkidle");
        const file = `shots/${name}-${width}-${scheme}.png`;
        await page.screenshot({ path: file, fullPage: true });
        process.stdout.write(`${file}\n`);
      }
      await fixture.context.close();
      await fixture.admin.context.close();
    }
  }
} finally {
  await browser.close();
  await outlet.stop();
}
