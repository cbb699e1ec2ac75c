import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launch, openBotPage, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

async function as(name: string): Promise<Page> {
  const { page } = await openTab(browser);
  await signIn(page, ready, name);
  return page;
}

describe("a plain user", () => {
  let page: Page;
  beforeAll(async () => {
    page = await as("user");
  });

  test("is shown how to begin", async () => {
    await page.getByText("You have no bots yet").waitFor();
    await page.getByRole("button", { name: "Create your first bot" }).click();
    await page.getByRole("dialog").getByLabel("Title").fill("A plain user's bot");
    await page.getByRole("dialog").getByRole("button", { name: "Create a bot" }).click();
    await page.getByRole("heading", { level: 1, name: "A plain user's bot" }).waitFor();
  });

  test("sees why he may not publish, and what to do about it", async () => {
    await openBotPage(page, "Publish");
    const item = page.locator("[data-name=may_publish]");
    await item.getByText("Not met.").waitFor();
    expect(await item.innerText()).toContain("Ask an administrator");
    expect(await page.getByRole("button", { name: "Publish bot" }).isDisabled()).toBe(true);
    for (const name of ["Keys", "Requests"]) {
      await openBotPage(page, name);
      await page.getByRole("heading", { name: "You may not publish or manage keys" }).waitFor();
      await page.getByText("Ask an administrator").first().waitFor();
    }
  });

  test("sees a shared bot but none of its instruction, endpoint or keys", async () => {
    await page.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}`);
    await page.getByText("This bot belongs to somebody else").waitFor();
    expect(await page.getByRole("navigation", { name: "Pages of this bot" }).count()).toBe(0);
    const content = await page.content();
    expect(content).not.toContain("Quote what you use");
    await page.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}/keys`);
    await page.getByText("This bot belongs to somebody else").waitFor();
  });

  test("is told that a bot he may not see is not there", async () => {
    await page.goto(`${ready.consoleUrl}bots/01ARZ3NDEKTSV4RRFFQ69G5FAV`);
    await page.getByRole("heading", { name: "There is no such bot" }).waitFor();
  });
});

describe("an administrator", () => {
  test("sees and manages somebody else's bot with all its pages", async () => {
    const page = await as("admin");
    await page.getByRole("link", { name: "Sample bot" }).click();
    await page.getByLabel("Instruction").waitFor();
    await openBotPage(page, "Publish");
    await page.getByText(ready.sampleBot.endpoint).waitFor();
    expect(await page.getByRole("button", { name: "Unpublish bot" }).isEnabled()).toBe(true);
    await openBotPage(page, "Keys");
    await page.getByRole("cell", { name: "Sample key", exact: true }).waitFor();
    await openBotPage(page, "Requests");
    await page.getByRole("heading", { level: 2, name: "Requests", exact: true }).waitFor();
  });
});

describe("a session", () => {
  test("is renewed without a word when the access token has expired", async () => {
    const page = await as("owner");
    await page.evaluate(() => {
      const name = Object.keys(sessionStorage).find((key) => key.startsWith("oidc.user:")) ?? "";
      const user = JSON.parse(sessionStorage.getItem(name) ?? "{}") as object;
      sessionStorage.setItem(name, JSON.stringify({ ...user, expires_at: 1 }));
    });
    await page.reload();
    await page.getByText("Sample bot").waitFor();
    expect(page.url()).toBe(ready.consoleUrl);
  });

  test("is renewed in a hidden frame where there is no refresh token", async () => {
    const page = await as("owner");
    await page.evaluate(() => {
      const name = Object.keys(sessionStorage).find((key) => key.startsWith("oidc.user:")) ?? "";
      const { refresh_token: _, ...user } = JSON.parse(sessionStorage.getItem(name) ?? "{}");
      sessionStorage.setItem(name, JSON.stringify({ ...user, expires_at: 1 }));
    });
    await page.reload();
    await page.getByText("Sample bot").waitFor();
    expect(page.url()).toBe(ready.consoleUrl);
  });

  test("that ended at the issuer leads to the sign-in page and back to where one was", async () => {
    const page = await as("owner");
    await page.evaluate(() => sessionStorage.clear());
    await page.context().clearCookies();
    await page.goto(`${ready.consoleUrl}bots/${ready.sampleBot.botId}/keys`);
    await signInHere(page);
    await page.getByRole("cell", { name: "Sample key", exact: true }).waitFor();
  });

  test("never ends on another site, whatever a forged state says", async () => {
    const page = await as("owner");
    await page.goto(`${ready.consoleUrl}auth/callback?code=x&state=y`);
    await page.getByRole("heading", { name: "You could not be signed in" }).waitFor();
    await page.getByRole("button", { name: "Sign in again" }).click();
    await page.getByText("Sample bot").waitFor();
  });
});

async function signInHere(page: Page): Promise<void> {
  const owner = ready.users.find(({ name }) => name === "owner");
  await page.getByLabel("Name").fill("owner");
  await page.getByLabel("Password").fill(owner?.password ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
}
