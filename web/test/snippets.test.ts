import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launch, openBotPage, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");
const { botId, endpoint } = ready.sampleBot;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** By the API that is chosen: the languages, and what only a program of that API says. */
const apis: [name: string, languages: string[], says: string][] = [
  ["OpenAI Responses", ["curl", "Python", "JavaScript"], "/v1"],
  ["OpenAI Chat Completions", ["Python", "JavaScript"], "chat.completions"],
  ["Outlet's own", ["curl", "Python", "JavaScript"], "/conversation"],
  ["MCP", ["Most clients", "VS Code"], "/mcp"],
];

test("every API has its snippets, in each language, asking what the bot has read", async () => {
  const { page, context } = await openTab(browser);
  await signIn(page, ready, "owner", `bots/${botId}/connect`);
  for (const [api, languages, says] of apis) {
    await page.getByRole("button", { name: /^By which API/ }).click();
    await page.getByRole("option", { name: api, exact: true }).click();
    for (const language of languages) {
      await page.getByRole("tab", { name: language, exact: true }).click();
      const snippet = page.getByRole("region", { name: `${language} snippet`, exact: true });
      const text = await snippet.innerText();
      expect([api, language, text.includes(endpoint), text.includes(says)]).toEqual([
        api,
        language,
        true,
        true,
      ]);
      if (api !== "MCP") expect(text).toContain("Summarise README.md.");
    }
  }
  await context.close();
});

test("the playground keeps question, end and key while one looks at another page", async () => {
  const { page, context } = await openTab(browser);
  await signIn(page, ready, "owner", `bots/${botId}`);
  await page.getByRole("button", { name: /^Answers come from/ }).click();
  await page.getByRole("option", { name: "The published endpoint" }).click();
  await page.getByLabel("Key", { exact: true }).fill(ready.sampleBot.apiKey);
  await page.getByRole("button", { name: "Try: “Summarise README.md.”" }).click();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByText(/^Answered in /).waitFor();
  const log = page.getByRole("log", { name: "Conversation" });
  expect(await log.innerText()).toContain("README.md says");
  await openBotPage(page, "Keys");
  await page.getByRole("button", { name: "Generate key" }).waitFor();
  await openBotPage(page, "Editor");
  await page.getByText(/^Answered in /).waitFor();
  expect(await page.getByLabel("Key", { exact: true }).inputValue()).toBe(ready.sampleBot.apiKey);
  await context.close();
});
