import { existsSync, readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launch, openTab, signIn } from "./fixture/browser.ts";
import { boxes, drawArchitecture } from "./pictures/architecture.ts";
import { mainPages, type Structure, structureFile, structureOf } from "./pictures/structure.ts";

const ready = inject("ready");
const root = new URL("../../", import.meta.url);
const noted = JSON.parse(readFileSync(structureFile, "utf8")) as Structure;

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launch();
  ({ page } = await openTab(browser, { width: 1200, height: 760 }));
  await signIn(page, ready, "owner");
});
afterAll(() => browser?.close());

/** What leads to a first bot is gone once an owner has published one, as other tests of this run do. */
const beginning = ["h2: From an idea to an API", "h3: Begin with one of these"];

describe("the pictures of the README", () => {
  // Where it fails because a page was changed: npm run shots -- readme, and look at the picture.
  test.each(mainPages(ready.sampleBot.botId))(
    "show the page $name as it is",
    async ({ name, path, shows }) => {
      await page.goto(ready.consoleUrl + path);
      await page.getByText(shows).first().waitFor();
      await page.waitForLoadState("networkidle");
      // Other tests of this run make bots and keys of their own: what is noted has to be there.
      const now = await structureOf(page);
      const lasting = (noted[name] ?? ["nothing noted"]).filter((one) => !beginning.includes(one));
      expect(now).toEqual(expect.arrayContaining(lasting));
    },
  );

  test("draw the architecture from what there is", () => {
    for (const { name, at } of boxes) {
      expect([name, existsSync(new URL(at, root))]).toEqual([name, true]);
    }
    const drawn = readFileSync(new URL("docs/pictures/architecture.svg", root), "utf8");
    expect(drawn).toBe(drawArchitecture());
  });
});
