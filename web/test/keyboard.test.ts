import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launch, openTab } from "./fixture/browser.ts";

const ready = inject("ready");
const tabsMax = 80;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await openTab(browser));
});
afterAll(() => browser?.close());

/** Presses Tab until it is reached: what a mouse could do that a keyboard cannot would never be. */
async function reach(target: Locator): Promise<void> {
  await target.first().waitFor();
  for (let presses = 0; presses < tabsMax; presses++) {
    if (await target.first().evaluate((element) => element === document.activeElement)) {
      const ring = await target.first().evaluate((element) => {
        // An input that is not drawn has something beside it that is.
        const isDrawn = element.getBoundingClientRect().width > 1;
        const shown = isDrawn ? element : element.nextElementSibling;
        return getComputedStyle(shown ?? element).outlineStyle;
      });
      expect(ring).not.toBe("none");
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${String(target)}.`);
}

async function press(target: Locator, key = "Enter"): Promise<void> {
  await reach(target);
  await page.keyboard.press(key);
}

/** Goes down an open menu with the arrow key, from its first item. */
async function chooseFromMenu(name: string): Promise<void> {
  const items = page.getByRole("menuitem");
  const hasFocus = (item: Locator) =>
    expect.poll(() => item.evaluate((one) => one === document.activeElement)).toBe(true);
  await hasFocus(items.first());
  for (const before of await items.allInnerTexts()) {
    if (before.trim() === name) return page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
  }
  throw new Error(`The menu has no ${name}.`);
}

async function write(target: Locator, text: string): Promise<void> {
  await reach(target);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole("button", { name });
const link = (name: string) => page.getByRole("link", { name, exact: true });
const dialog = () => page.getByRole("dialog");

test("a bot is made, tried, published, called for, and taken back with the keyboard alone", async () => {
  await page.goto(ready.consoleUrl);
  const owner = ready.users.find(({ name }) => name === "owner");
  await write(page.getByLabel("Name"), "owner");
  await write(page.getByLabel("Password"), owner?.password ?? "");
  await page.keyboard.press("Enter");

  await press(button("Create a bot"));
  await write(dialog().getByLabel("Title"), "Keyboard bot");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Keyboard bot" }).waitFor();

  await write(page.getByLabel("Instruction"), "Say when the shop opens.");
  await press(button("Save changes"));
  await page.getByText("Changes saved").waitFor();

  await press(button("Write a text"));
  await write(dialog().getByLabel("Name"), "Hours");
  await write(dialog().getByLabel("Text"), "The shop opens at nine.");
  await press(button("Add text", dialog()));
  await page
    .getByRole("listitem")
    .filter({ hasText: "Hours" })
    .getByText("Read", { exact: true })
    .waitFor();

  await reach(page.getByRole("radio", { name: "Private" }));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await press(button("Save sharing"));
  await page.getByText("Sharing saved").waitFor();

  await write(page.getByLabel("Question"), "When does the shop open?");
  await page.keyboard.press("Enter");
  await page.getByText(/tokens · /).waitFor();

  await press(link("Publish"));
  await page.getByText("Everything that is needed is there.").waitFor();
  await write(page.getByLabel("Burst"), "10");
  await press(button(/Period/));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await press(button("Publish bot"));
  await page.getByRole("heading", { name: "Endpoint" }).waitFor();

  await press(link("Manage keys"));
  await press(button("Generate key"));
  await write(dialog().getByLabel("Label"), "Laptop");
  await press(button("Generate key", dialog()));
  await press(button("I have stored the key", dialog()));
  await page.getByRole("cell", { name: "Laptop", exact: true }).waitFor();

  await press(button("Actions for Laptop"));
  await chooseFromMenu("Rotate key");
  await press(button("Rotate key", dialog()));
  await press(button("I have stored the key", dialog()));
  await dialog().waitFor({ state: "detached" });

  await press(link("Publish"));
  await press(button("Pause endpoint"));
  // A dialog takes the focus a moment after it is drawn.
  await dialog().locator(":focus").waitFor();
  await press(button("Pause endpoint", dialog()));
  await page.getByText("The endpoint is paused").waitFor();
  await press(button("Resume endpoint"));
  await press(button("Unpublish bot"));
  await write(dialog().getByLabel(/Type .* to confirm/), "Keyboard bot");
  await page.keyboard.press("Enter");
  await page.getByText("Before you publish").waitFor();
}, 240_000);

test("the first Tab on a page offers to skip to its content", async () => {
  await page.goto(ready.consoleUrl);
  await button(/Account of/).waitFor();
  await page.keyboard.press("Tab");
  const skip = link("Skip to content");
  expect(await skip.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
});

test("a closed dialog gives the focus back to what opened it", async () => {
  await press(button("Create a bot"));
  await dialog().waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  const opener = button("Create a bot").first();
  await expect
    .poll(() => opener.evaluate((element) => element === document.activeElement))
    .toBe(true);
});

test("a dialog opened from a menu gives the focus back to the menu's button", async () => {
  await page.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}/keys`);
  await press(button("Actions for Sample key"));
  await chooseFromMenu("Rotate key");
  await dialog().waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  const opener = button("Actions for Sample key");
  await expect
    .poll(() => opener.evaluate((element) => element === document.activeElement))
    .toBe(true);
});

/** Presses keys faster than any timer of the page: as a queue of them reaches a page that was busy. */
const pressAtOnce = (keys: string[]) =>
  page.evaluate((all) => {
    for (const key of all) {
      document.activeElement?.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
      );
    }
  }, keys);

test("keys pressed before a menu has the focus still choose from it", async () => {
  await page.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}/keys`);
  await reach(button("Actions for Sample key"));
  await pressAtOnce(["Enter", "ArrowDown", "Enter"]);
  await dialog().getByText("Rotate Sample key?").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });

  await reach(button("Actions for Sample key"));
  await pressAtOnce(["Enter", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"]);
  await dialog().getByText("Delete Sample key?").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("Escape closes the dialog that a menu has opened, however fast it comes", async () => {
  const opener = button("Actions for Sample key");
  await press(opener);
  const item = page.getByRole("menuitem").first();
  const hasFocus = (one: Locator) =>
    expect.poll(() => one.evaluate((element) => element === document.activeElement)).toBe(true);
  await hasFocus(item);
  await pressAtOnce(["Enter", "Escape"]);
  await dialog().waitFor({ state: "detached" });
  await hasFocus(opener);

  // Before the menu has the focus; the last key chooses nothing any more.
  await pressAtOnce(["Enter", "Enter", "Escape", "ArrowDown"]);
  await page.getByRole("menu").waitFor({ state: "detached" });
  await dialog().waitFor({ state: "detached" });
  await hasFocus(opener);
});

test("a key that is disabled from its menu leaves the focus on the menu's button", async () => {
  const opener = button("Actions for Sample key");
  for (const [action, state] of [
    ["Disable key", "Disabled"],
    ["Enable key", "Active"],
  ] as const) {
    await press(opener);
    await chooseFromMenu(action);
    await page.getByRole("row").filter({ hasText: "Sample key" }).getByText(state).waitFor();
    await expect
      .poll(() => opener.evaluate((element) => element === document.activeElement))
      .toBe(true);
  }
});

test("keys pressed before a list of choices has the focus still choose from it", async () => {
  await press(button("Generate key"));
  const expires = button(/Expires/, dialog());
  await reach(expires);
  await pressAtOnce(["Enter", "ArrowDown", "Enter"]);
  await expect.poll(() => expires.textContent()).toContain("In 7 days");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });

  // An Escape behind a choice is the dialog's, which has the list's button.
  await press(button("Generate key"));
  await reach(expires);
  await pressAtOnce(["Enter", "ArrowDown", "Enter", "Escape"]);
  await dialog().waitFor({ state: "detached" });
});

test("a chart is reached with Tab, and read with the arrow keys", async () => {
  await page.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}/metrics`);
  const figure = page.getByRole("figure", { name: "Requests by answer" });
  const cursor = figure.getByRole("slider");
  await reach(cursor);
  await expect.poll(() => cursor.getAttribute("aria-valuetext")).toMatch(/Answered \d+, 4xx/);
  const before = Number(await cursor.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowLeft");
  expect(Number(await cursor.getAttribute("aria-valuenow"))).toBe(before - 1);
  await press(figure.getByRole("button", { name: "Requests by answer as a table" }));
  await reach(figure.getByRole("region", { name: "Values of Requests by answer" }));
});
