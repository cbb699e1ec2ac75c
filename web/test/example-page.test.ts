import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launch, openTab } from "./fixture/browser.ts";

const ready = inject("ready");
const file = readFileSync(new URL("../../examples/browser.html", import.meta.url), "utf8");

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** The example as a site would serve it, at an origin that the bot allows: its own. */
async function open(apiKey: string) {
  const { page, context, complaints } = await openTab(browser);
  const url = new URL("example-page", ready.consoleUrl).href;
  const body = file
    .replaceAll("https://ENDPOINT", ready.sampleBot.endpoint)
    .replaceAll("OUTLET_KEY", apiKey);
  await page.route(url, (request) => request.fulfill({ contentType: "text/html", body }));
  await page.goto(url);
  return { page, context, complaints };
}

test("the example of a page shows an answer as it comes", async () => {
  const { page, context, complaints } = await open(ready.sampleBot.apiKey);
  await page.getByLabel("Question").fill("What is Outlet?");
  await page.getByRole("button", { name: "Ask" }).click();
  await expect.poll(() => page.locator("#answer").textContent()).toMatch(/Outlet \w+/);
  expect(complaints).toEqual([]);
  await context.close();
});

test("the example of a page says what was refused, with the request id", async () => {
  const { page, context } = await open("outlet_nobody");
  await page.getByRole("button", { name: "Ask" }).click();
  await expect
    .poll(() => page.locator("#answer").textContent())
    .toMatch(/^HTTP 403, request id [0-9a-f]{8}-.*Forbidden/);
  await context.close();
});
