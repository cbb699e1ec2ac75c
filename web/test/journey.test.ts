import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { launch, openBotPage, openTab, signIn, type Tab } from "./fixture/browser.ts";

const ready = inject("ready");
const title = "Journey bot";

let browser: Browser;
let tab: Tab;
let key = "";
let rotated = "";
let endpoint = "";

const ask = (secret: string) =>
  fetch(`${endpoint}/conversation`, {
    method: "POST",
    headers: { "x-api-key": secret, "content-type": "application/json" },
    body: JSON.stringify({
      message: { content: [{ contentType: "text", body: "When does the shop open?" }] },
    }),
  });

beforeAll(async () => {
  browser = await launch();
  tab = await openTab(browser);
});
afterAll(() => browser?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") {
    await tab.page.screenshot({ path: "shots/failed.png", fullPage: true });
  }
});

describe("an owner who publishes a bot", () => {
  test("signs in and comes to the bots", async () => {
    const { page } = tab;
    await signIn(page, ready, "owner");
    await page.getByRole("heading", { level: 1, name: "Bots" }).waitFor();
  });

  test("creates a bot and comes to its editor", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Create a bot" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Title").fill(title);
    await dialog.getByRole("button", { name: "Create a bot" }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.getByLabel("Instruction").fill("Answer from the opening hours, and quote them.");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Changes saved").waitFor();
    expect(await page.getByText("You have unsaved changes").count()).toBe(0);
  });

  test("sees in the checklist what is missing, and why", async () => {
    const { page } = tab;
    await openBotPage(page, "Publish");
    const scope = page.locator("[data-name=scope]");
    await scope.getByText("Not met.").waitFor();
    // Sharing is the one thing that publishing does along.
    expect(await scope.innerText()).toContain("the button at the end of this page shares it");
    await page.getByText("It will be shared with everyone who signs in here").waitFor();
    expect(await page.getByRole("button", { name: "Share and publish bot" }).isEnabled()).toBe(
      true,
    );
    await openBotPage(page, "Editor");
    await page.getByLabel("Instruction").waitFor();
  });

  test("adds a file and watches it being read", async () => {
    const { page } = tab;
    const seen = new Set<string>();
    page.on("response", async (response) => {
      if (!response.url().endsWith("/knowledge") || response.status() >= 400) return;
      const body = (await response.json()) as { status?: string; sources?: { status: string }[] };
      for (const { status } of body.sources ?? [body]) if (status) seen.add(status);
    });
    const hours = "The shop opens at nine on Mondays. ".repeat(40_000);
    await page.getByLabel("Upload files").setInputFiles({
      name: "hours.md",
      mimeType: "text/markdown",
      buffer: Buffer.from(`# Hours\n\n${hours}`),
    });
    const row = page.getByRole("listitem").filter({ hasText: "hours.md" });
    await row.getByText("Read", { exact: true }).waitFor();
    expect(await row.innerText()).toMatch(/\d+ passages/);
    expect([...seen]).toEqual(expect.arrayContaining(["QUEUED", "SUCCEEDED"]));
  });

  test("writes a text, opens it again and changes it", async () => {
    const { page } = tab;
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Write a text" }).click();
    await dialog.getByLabel("Name").fill("Rules");
    await dialog.getByLabel("Text", { exact: true }).fill("Dogs stay outside.");
    await dialog.getByRole("button", { name: "Add text" }).click();
    await dialog.waitFor({ state: "detached" });
    const row = page.getByRole("listitem").filter({ hasText: "Rules" });
    await row.getByText("Read", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Open Rules" }).click();
    const text = dialog.getByLabel("Text", { exact: true });
    await text.waitFor();
    expect(await text.inputValue()).toBe("Dogs stay outside.");
    await text.fill("Dogs are welcome.");
    // What was typed is not lost by a key pressed too many.
    await page.keyboard.press("Escape");
    expect(await text.inputValue()).toBe("Dogs are welcome.");
    await dialog.getByRole("button", { name: "Save text" }).click();
    await page.getByText("Rules saved").waitFor();
    await row.getByText("Read", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Open Rules" }).click();
    await text.waitFor();
    expect(await text.inputValue()).toBe("Dogs are welcome.");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await row.getByRole("button", { name: "Remove Rules" }).click();
    await dialog.getByRole("button", { name: "Remove source" }).click();
    await row.waitFor({ state: "detached" });
  });

  test("is told why another file could not be read, and removes it", async () => {
    const { page } = tab;
    await page.getByLabel("Upload files").setInputFiles({
      name: "broken.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"open": '),
    });
    const row = page.getByRole("listitem").filter({ hasText: "broken.json" });
    await row.getByText("It is not valid JSON").waitFor();
    await row.getByRole("button", { name: "Remove broken.json" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove source" }).click();
    await row.waitFor({ state: "detached" });
  });

  test("is told at once that a kind of file is not read", async () => {
    const { page } = tab;
    await page.getByLabel("Upload files").setInputFiles({
      name: "scan.tiff",
      mimeType: "image/tiff",
      buffer: Buffer.from("II*"),
    });
    const alert = page.getByRole("alert");
    await alert.getByText("Files of this kind cannot be read").waitFor();
    await alert.getByRole("button", { name: "Copy the request id" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[\w-]{8,}$/);
  });

  test("tests it and sees the answer grow", async () => {
    const { page } = tab;
    await page.evaluate(() => {
      const log = document.querySelector("[role=log]");
      const lengths: number[] = [];
      Object.assign(window, { lengths });
      new MutationObserver(() => {
        lengths.push(log?.querySelector("[data-role=assistant]")?.textContent?.length ?? 0);
      }).observe(log as Element, { subtree: true, childList: true, characterData: true });
    });
    await page.getByLabel("Question").fill("When does the shop open?");
    await page.getByRole("button", { name: "Ask" }).click();
    const answer = page.locator("[role=log] [data-role=assistant]");
    await answer.getByText(/ · [\d,]+ tokens · /).waitFor();
    const late = await answer.innerText();
    const steps = await page.evaluate(() => new Set(Reflect.get(window, "lengths")).size);
    expect(steps).toBeGreaterThan(3);
    expect(late).toContain("opens at nine");
  });

  test("sees what a question finds, and why", async () => {
    const { page } = tab;
    await page.getByLabel("Search for").fill("opening on Mondays");
    await page.getByRole("button", { name: "Search knowledge" }).click();
    const found = page.getByRole("list", { name: "Search the knowledge" });
    await found.getByText("hours.md").first().waitFor();
    expect(await found.innerText()).toMatch(/Mondays [\d.]+/);
    await page.getByText(/passages? by words/).waitFor();
    await page.getByLabel("Search for").fill("zzzyx");
    await page.getByRole("button", { name: "Search knowledge" }).click();
    await page.getByText("Nothing was found.").waitFor();
    await found.waitFor({ state: "detached" });
  });

  test("shares it", async () => {
    const { page } = tab;
    await page.getByRole("radiogroup").getByText("Shared with everyone").click();
    await page.getByRole("button", { name: "Save sharing" }).click();
    await page.getByText("Sharing saved").waitFor();
  });

  test("sees every prerequisite met", async () => {
    const { page } = tab;
    await openBotPage(page, "Publish");
    await page.getByText("Everything that is needed is there.").waitFor();
    expect(await page.locator("li[data-name]").count()).toBe(6);
    expect(await page.locator("li[data-name][data-met]").count()).toBe(6);
  });

  test("is told which limit is wrong, then publishes with changed ones and sees it go on", async () => {
    const { page } = tab;
    // What the browser itself finds wrong is said beside the field, too, and leads there.
    await page.getByLabel("Burst").fill("0");
    await page.getByLabel("Rate per second").fill("");
    await page.getByRole("button", { name: "Publish bot" }).click();
    await page.getByText("This has to be at least 1.").waitFor();
    await page.getByText("Fill this in.").waitFor();
    await page.locator("input:focus").and(page.getByLabel("Burst")).waitFor();
    await page.getByLabel("Burst").fill("1");
    await page.getByText("This has to be at least 1.").waitFor({ state: "detached" });
    await page.getByLabel("Rate per second").fill("1");
    await page.getByLabel("Allowed origins").fill("example.com/path");
    await page.getByRole("button", { name: "Publish bot" }).click();
    await page.getByText("must be").waitFor();
    await page.locator("textarea:focus").and(page.getByLabel("Allowed origins")).waitFor();
    await page.getByLabel("Allowed origins").fill("https://app.example.com");
    await page.getByLabel("Burst").fill("20");
    await page.getByLabel("Rate per second").fill("5");
    await page.getByLabel("Quota", { exact: true }).fill("500");
    await page.getByRole("button", { name: "Publish bot" }).click();
    await page.getByRole("heading", { name: "Publishing the bot" }).waitFor();
    await page.getByRole("progressbar").waitFor();
    await page.getByRole("heading", { name: "Endpoint" }).waitFor();
    expect(await page.getByLabel("Burst").inputValue()).toBe("20");
    await page.getByRole("button", { name: "Copy the endpoint" }).click();
    endpoint = await page.evaluate(() => navigator.clipboard.readText());
    expect(endpoint).toMatch(/^http:\/\/localhost:\d+\/\w+\/api$/);
  });

  test("generates a key, whose value is shown this once", async () => {
    const { page } = tab;
    await page.getByRole("link", { name: "Manage keys" }).click();
    await page.getByText("No keys yet").waitFor();
    await page.getByRole("button", { name: "Generate key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Label").fill("Website");
    await dialog.getByRole("button", { name: "Generate key" }).click();
    key = await dialog.getByRole("region", { name: "Key value" }).innerText();
    expect(key).toMatch(/^outlet_[0-9A-Za-z]{36}$/);
    const command = dialog.getByRole("region", { name: "curl command with this key" });
    expect(await command.innerText()).toContain(`${endpoint}/conversation`);
    await page.keyboard.press("Escape");
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByRole("button", { name: "I have stored the key" }).click();
    await page.getByRole("cell", { name: "Website", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("cell", { name: "Website", exact: true }).waitFor();
    expect(await page.content()).not.toContain(key);
  });

  test("finds the key in no storage of the browser", async () => {
    const kept = await tab.page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    expect(kept).not.toContain(key);
  });

  test("sees a request of that key appear without reloading", async () => {
    const { page } = tab;
    await openBotPage(page, "Requests");
    // The call by which publishing tried the endpoint is told apart.
    await page.getByRole("row").filter({ hasText: "Publishing's own test" }).waitFor();
    const sent = await ask(key);
    expect(sent.status).toBe(200);
    const row = page.getByRole("row").filter({ hasText: "Website" });
    await row.getByText("200").waitFor();
    await row.getByText("When does the shop open?").click();
    await page.getByRole("heading", { name: "Timing" }).waitFor();
    await page.getByText("When does the shop open?").waitFor();
    await page.getByText("opens at nine").first().waitFor();
  });

  test("tries the endpoint from the page Connect", async () => {
    const { page } = tab;
    await openBotPage(page, "Connect");
    await page.getByRole("tab", { name: "Python", exact: true }).click();
    const snippet = page.getByRole("region", { name: "Python snippet", exact: true });
    expect(await snippet.innerText()).toContain(endpoint);
    await page.getByLabel("Key", { exact: true }).fill("outlet_wrong");
    await page.getByLabel("Question").fill("When does the shop open?");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByRole("alert").getByText("403").waitFor();
    await page.getByLabel("Key", { exact: true }).fill(key);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("Answered in").waitFor();
  });

  test("reads the reference with the real endpoint", async () => {
    const { page } = tab;
    await openBotPage(page, "Reference");
    await page.getByText(endpoint).waitFor();
  });

  test("edits limits in place and keeps the endpoint", async () => {
    const { page } = tab;
    await openBotPage(page, "Publish");
    await page.getByLabel("Burst").fill("30");
    await page.getByRole("button", { name: "Apply changes" }).click();
    await page.getByText("The changes are being applied").waitFor();
    await page.getByRole("button", { name: "Pause endpoint", disabled: false }).waitFor();
    await page.reload();
    await page.getByLabel("Burst").waitFor();
    expect(await page.getByLabel("Burst").inputValue()).toBe("30");
    await page.getByText(endpoint).waitFor();
  });

  test("rotates the key: both values work until the old one's grace ends", async () => {
    const { page } = tab;
    await openBotPage(page, "Keys");
    await page.getByRole("button", { name: "Actions for Website" }).click();
    await page.getByRole("menuitem", { name: "Rotate key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Rotate key" }).click();
    rotated = await dialog.getByRole("region", { name: "Key value" }).innerText();
    await dialog.getByRole("button", { name: "I have stored the key" }).click();
    expect(rotated).not.toBe(key);
    await page.getByText("old value until").waitFor();
    expect((await ask(rotated)).status).toBe(200);
    expect((await ask(key)).status).toBe(200);
  });

  test("rotates it again without a grace: only the newest value is left", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Actions for Website" }).click();
    await page.getByRole("menuitem", { name: "Rotate key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /The old value goes on for/ }).click();
    await page.getByRole("option", { name: "No time: it ends now" }).click();
    await dialog.getByRole("button", { name: "Rotate key" }).click();
    const newest = await dialog.getByRole("region", { name: "Key value" }).innerText();
    await dialog.getByRole("button", { name: "I have stored the key" }).click();
    expect((await ask(newest)).status).toBe(200);
    expect((await ask(rotated)).status).toBe(403);
    expect((await ask(key)).status).toBe(403);
    rotated = newest;
  });

  test("disables and enables the key", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Actions for Website" }).click();
    await page.getByRole("menuitem", { name: "Disable key" }).click();
    await page.getByRole("cell", { name: "Disabled" }).waitFor();
    expect((await ask(rotated)).status).toBe(403);
    await page.getByRole("button", { name: "Actions for Website" }).click();
    await page.getByRole("menuitem", { name: "Enable key" }).click();
    await page.getByRole("cell", { name: "Active" }).waitFor();
    expect((await ask(rotated)).status).toBe(200);
  });

  test("pauses and resumes the endpoint", async () => {
    const { page } = tab;
    await openBotPage(page, "Publish");
    await page.getByRole("button", { name: "Pause endpoint" }).click();
    // Asked first: clients are refused from then on.
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect((await ask(rotated)).status).toBe(200);
    await page.getByRole("button", { name: "Pause endpoint" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause endpoint" }).click();
    await page.getByText("The endpoint is paused").waitFor();
    expect((await ask(rotated)).status).toBe(503);
    await page.getByRole("button", { name: "Resume endpoint" }).click();
    await page.getByRole("button", { name: "Pause endpoint" }).waitFor();
    expect((await ask(rotated)).status).toBe(200);
  });

  test("unpublishes by typing the title", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Unpublish bot" }).click();
    const dialog = page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: "Unpublish bot" });
    await dialog.getByLabel(/Type .* to confirm/).fill("Journey");
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel(/Type .* to confirm/).fill(title);
    await confirm.click();
    await page.getByText("Before you publish").waitFor();
    expect((await ask(rotated)).status).toBe(404);
    expect(await page.getByText("Not published").first().isVisible()).toBe(true);
  });

  test("deletes the bot", async () => {
    const { page } = tab;
    await openBotPage(page, "Editor");
    await page.getByRole("button", { name: "Delete bot" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/Type .* to confirm/).fill(title);
    await dialog.getByRole("button", { name: "Delete bot" }).click();
    await page.getByRole("heading", { level: 1, name: "Bots" }).waitFor();
    await page.getByText("Sample bot").waitFor();
    expect(await page.getByRole("link", { name: title }).count()).toBe(0);
  });

  test("signs out, and in again", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Account of owner" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(page, ready, "owner", `bots/${ready.sampleBot.botId}/keys`);
    await page.getByRole("cell", { name: "Sample key", exact: true }).waitFor();
  });

  test("met nothing that the browser complained of", () => {
    expect(tab.complaints).toEqual([]);
  });
});
