import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/chromium.ts";
import type { Ready } from "./outlet.ts";

export function launch(args: string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("There is no Chromium here. Run npm run test:web.");
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      ...args,
    ],
  });
}

export interface Tab {
  page: Page;
  context: BrowserContext;
  /** What the browser complained of: errors of scripts, refused styles, broken loads. */
  complaints: string[];
}

export async function openTab(
  browser: Browser,
  options: { width?: number; height?: number; scheme?: "light" | "dark" } = {},
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.scheme ?? "light",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  // A condition is waited for, however slow the machine: what never comes is what fails.
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // A refusal by the API shows up as a failed load: the tests that provoke one look at the page.
    const isRefusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) complaints.push(message.text());
  });
  return { page, context, complaints };
}

export async function signIn(page: Page, ready: Ready, name: string, path = ""): Promise<void> {
  const user = ready.users.find((candidate) => candidate.name === name);
  if (!user) throw new Error(`There is no demo user called ${name}.`);
  await page.goto(ready.consoleUrl + path);
  await page.getByLabel("Name").fill(user.name);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: `Account of ${name}` }).waitFor();
}

/** One of the pages of a bot, by the row of links under its title. */
export const openBotPage = (page: Page, name: string): Promise<void> =>
  page
    .getByRole("navigation", { name: "Pages of this bot" })
    .getByRole("link", { name, exact: true })
    .click();
