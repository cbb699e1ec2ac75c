import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { launch, openBotPage, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");
const { botId } = ready.sampleBot;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await openTab(browser));
  await signIn(page, ready, "owner");
});
afterAll(() => browser?.close());
beforeEach(async () => {
  await page.goto(`${ready.consoleUrl}bots/${botId}`);
  await page.getByLabel("Instruction").waitFor();
});

const dialog = () => page.getByRole("dialog");
const open = async () => {
  await page.keyboard.press("ControlOrMeta+k");
  const input = dialog().getByRole("combobox", { name: "Bots, pages and actions" });
  await input.and(page.locator(":focus")).waitFor();
};

test("Ctrl+K and a part of a name lead to a page of the bot; the best match needs Enter only", async () => {
  await open();
  await page.keyboard.type("keys");
  await dialog().getByRole("option", { name: "Keys of this bot" }).waitFor();
  expect(await dialog().getByRole("option").first().innerText()).toContain("Keys of this bot");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/bots/${botId}/keys$`));
  await dialog().waitFor({ state: "detached" });
});

test("Enter that comes with the last letter chooses from what fits all of them", async () => {
  await open();
  await dialog()
    .getByRole("combobox")
    .evaluate((input: HTMLInputElement) => {
      input.value = "keys of this";
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    });
  await page.waitForURL(new RegExp(`/bots/${botId}/keys$`));
});

test("arrow keys choose another one, and say which", async () => {
  await open();
  await page.keyboard.type("theme");
  await dialog().getByRole("option", { name: "Dark theme" }).waitFor();
  const input = dialog().getByRole("combobox");
  for (let presses = 0; presses < 3; presses++) {
    await page.keyboard.press("ArrowDown");
    const id = await input.getAttribute("aria-activedescendant");
    if ((await page.locator(`[id="${id}"]`).innerText()).includes("Dark theme")) break;
  }
  await page.keyboard.press("Enter");
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  await open();
  await page.keyboard.type("theme of the system");
  await page.keyboard.press("Enter");
  expect(await page.locator("html").getAttribute("data-theme")).toBeNull();
});

test("what nothing is called is said, and Escape goes back to where one was", async () => {
  await page.getByLabel("Instruction").focus();
  await open();
  await page.keyboard.type("zzz nothing");
  await dialog().getByText("Nothing is called that.").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  const focused = page.locator("textarea:focus");
  await focused.waitFor();
});

test("a bot is begun from anywhere", async () => {
  await open();
  await page.keyboard.type("create a");
  await page.keyboard.press("Enter");
  await dialog().getByLabel("Title").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("");
});

test("Ctrl+S saves what has been changed, and says where there is nothing", async () => {
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByText("There is nothing to save").waitFor();
  await page.getByLabel("Description").fill("Changed by the keyboard.");
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByText("Changes saved").waitFor();
  await page.reload();
  await page.getByLabel("Instruction").waitFor();
  expect(await page.getByLabel("Description").inputValue()).toBe("Changed by the keyboard.");
});

test("? shows the keys, except where one types, and can be switched off", async () => {
  await page.getByLabel("Description").press("?");
  expect(await dialog().count()).toBe(0);
  await page.reload();
  await page.getByLabel("Instruction").waitFor();
  await page.keyboard.press("?");
  await dialog().getByText("Save what has been changed on the page").waitFor();
  // The box itself is drawn by its label.
  await dialog().getByText("The key ? shows this list").click();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await page.keyboard.press("?");
  expect(await dialog().count()).toBe(0);
  await open();
  await page.keyboard.type("show keyboard shortcuts");
  await dialog().getByRole("option", { name: "Show keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Enter");
  await dialog().getByText("The key ? shows this list").click();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await dialog().getByText("Save what has been changed on the page").waitFor();
});

test("unsaved changes are asked about in the console's own words", async () => {
  await page.getByLabel("Instruction").fill("Not to be lost.");
  await openBotPage(page, "Keys");
  await dialog().getByText("Leave without saving your changes?").waitFor();
  await dialog().getByRole("button", { name: "Stay here" }).click();
  await dialog().waitFor({ state: "detached" });
  expect(await page.getByLabel("Instruction").inputValue()).toBe("Not to be lost.");
  await openBotPage(page, "Keys");
  await dialog().getByRole("button", { name: "Leave without saving" }).click();
  await page.waitForURL(/\/keys$/);
});

test("bots are searched by title and description", async () => {
  await page.goto(ready.consoleUrl);
  await page.getByLabel("Search bots").fill("SAMPLE");
  await page.waitForURL(/text=SAMPLE/);
  await page.getByRole("link", { name: "Sample bot" }).waitFor();
  await page.getByLabel("Search bots").fill("nowhere to be found");
  await page.getByText("No bot is called that.").waitFor();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.getByRole("link", { name: "Sample bot" }).waitFor();
  expect(await page.getByLabel("Search bots").inputValue()).toBe("");
});

test("an address that leads nowhere is answered 404, and by the console", async () => {
  const response = await page.goto(`${ready.consoleUrl}nope`);
  expect(response?.status()).toBe(404);
  await page.getByText("There is no such page").waitFor();
  await page.getByRole("link", { name: "Go to the bots" }).click();
  await page.getByRole("heading", { level: 1, name: "Bots" }).waitFor();
});
