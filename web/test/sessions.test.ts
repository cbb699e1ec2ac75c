import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launch, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test("at sign-out the refresh token is revoked, wherever else it may have got to", async () => {
  const { page } = await openTab(browser);
  await signIn(page, ready, "owner");
  await page.getByRole("button", { name: "Account of owner" }).click();
  const revoked = page.waitForResponse((reply) => reply.url().endsWith("/token/revocation"));
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const reply = await revoked;
  expect([reply.status(), reply.request().postData()]).toEqual([
    200,
    expect.stringContaining("token_type_hint=refresh_token"),
  ]);
});
