import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { violations } from "./fixture/axe.ts";
import { launch, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");

let browser: Browser;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  browser = await launch();
  ({ page, complaints } = await openTab(browser));
});
afterAll(() => browser?.close());

const open = (path: string) => page.goto(ready.consoleUrl + path);

describe.each(["docs/", "docs/published-api/", "docs/errors/not_found/", "docs/examples/"])(
  "the page %s",
  (path) => {
    test.each([
      [360, "light"],
      [360, "dark"],
      [1440, "light"],
      [1440, "dark"],
    ] as const)("has nothing that axe finds wrong: %i pixels, %s", async (width, colorScheme) => {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await open(path);
      expect(await violations(page)).toEqual([]);
      const isWhole = await page.evaluate(
        () => document.documentElement.scrollWidth <= window.innerWidth,
      );
      expect(isWhole).toBe(true);
    });
  },
);

describe("the documentation", () => {
  test("is searched by keyboard, and a result opens", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await open("docs/");
    await page.keyboard.press("/");
    await page.keyboard.type("idempotancy");
    await page.getByRole("status").filter({ hasText: "found for" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/docs\/.+/);
    await page.getByText("Idempotency-Key").first().waitFor();
    expect(complaints).toEqual([]);
  });

  test("says that nothing was found, and gives the page back", async () => {
    await open("docs/keys/");
    await page.getByRole("searchbox").fill("xylophone");
    await page.getByText("Nothing found for “xylophone”").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
  });

  test("is one press away on every page of the console, at what that page is about", async () => {
    const { page: console, context } = await openTab(browser);
    await signIn(console, ready, "owner");
    const bot = `bots/${ready.sampleBot.botId}`;
    for (const path of ["", bot, `${bot}/publish`, `${bot}/keys`, `${bot}/requests`, "design"]) {
      await console.goto(ready.consoleUrl + path);
      const href = await console.getByRole("link", { name: /^Docs/ }).getAttribute("href");
      const { status } = await fetch(new URL(href ?? "", ready.consoleUrl));
      expect([path, status]).toEqual([path, 200]);
    }
    await context.close();
  });

  test("explains an error from where it is shown", async () => {
    const { page: console, context } = await openTab(browser);
    await signIn(console, ready, "owner");
    await console.route(/\/keys\?/, (request) =>
      request.fulfill({
        status: 403,
        contentType: "application/problem+json",
        body: JSON.stringify({ detail: "No.", error: { code: "forbidden" }, requestId: "r-1" }),
      }),
    );
    await console.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}/keys`);
    const opened = context.waitForEvent("page");
    await console.getByRole("link", { name: /About forbidden/ }).click();
    const about = await opened;
    await about.getByRole("heading", { name: "forbidden", level: 1 }).waitFor();
    await context.close();
  });
});
