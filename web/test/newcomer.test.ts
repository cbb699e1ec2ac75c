import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { violations } from "./fixture/axe.ts";
import { launch, openBotPage, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test("somebody without a bot comes to the first answer of an API of one's own in a few clicks, no page twice", async () => {
  const { page, context } = await openTab(browser);
  // Who has no bots yet, and may publish.
  await signIn(page, ready, "admin");
  const visited: string[] = [];
  page.on("framenavigated", (frame) => {
    const { pathname } = new URL(frame.url());
    // What of the address changes after its path is no other page.
    if (frame === page.mainFrame() && visited.at(-1) !== pathname) visited.push(pathname);
  });
  let clicks = 0;
  const click = async (name: string) => {
    clicks++;
    await page.getByRole("button", { name, exact: true }).click();
  };
  await page.getByText("From an idea to an API").waitFor();
  expect(await violations(page)).toEqual([]);
  await click("Use this one: Support from a handbook");
  await page.getByRole("heading", { level: 1, name: "Support from a handbook" }).waitFor();
  clicks++;
  await openBotPage(page, "Publish");
  await page.getByText("It will be shared with everyone who signs in here").waitFor();
  await click("Share and publish bot");
  await page.getByRole("heading", { name: "Your API is live" }).waitFor();
  await click("Generate the first key");
  await page.getByText("Copy the key now").waitFor();
  await page.getByLabel("Question").fill("When is the shop open on Saturday?");
  await click("Ask");
  await page.getByText(/^Answered in /).waitFor();
  expect(await page.getByRole("log", { name: "Conversation" }).innerText()).toMatch(/Saturday/);
  expect(await violations(page)).toEqual([]);
  expect(clicks).toBeLessThanOrEqual(12);
  expect(visited).toEqual([...new Set(visited)]);
  // A key that was not stored is gone with the page.
  await page.reload();
  await page.getByRole("heading", { name: "Endpoint" }).waitFor();
  expect(await page.getByText("Your API is live").count()).toBe(0);
  await context.close();
});
