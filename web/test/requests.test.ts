import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launch, openBotPage, openTab, signIn } from "./fixture/browser.ts";
import { controlOf } from "./fixture/control.ts";
import { downloadCsv } from "./fixture/csv.ts";

const ready = inject("ready");
const { botId } = ready.sampleBot;
let browser: Browser;
let page: Page;
let complaints: string[];
/** A key of this test's own, and how often it was used. */
const label = "Counted key";
const sent = 3;

async function send(key: string): Promise<void> {
  const { status } = await fetch(`${ready.sampleBot.endpoint}/conversation`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json", prefer: "wait=20" },
    body: JSON.stringify({ message: { content: [{ contentType: "text", body: "Hello" }] } }),
  });
  expect(status).toBe(200);
}

interface Runs {
  runs: { runId: string; keyId: string }[];
}

beforeAll(async () => {
  browser = await launch();
  ({ page, complaints } = await openTab(browser));
  await signIn(page, ready, "owner", `bots/${botId}`);
  const control = await controlOf(page, ready);
  const { value } = await control<{ value: string }>("POST", `/bots/${botId}/publication/keys`, {
    label,
  });
  for (let count = 0; count < sent; count++) await send(value);
});
afterAll(() => browser?.close());

test("each key tells how many requests it brought today, and leads to its metrics", async () => {
  await openBotPage(page, "Keys");
  const row = page.getByRole("row").filter({ hasText: label });
  const count = row.getByRole("link", { name: `${sent} requests today with ${label}: metrics` });
  await count.waitFor();
  // A change of the key leaves the count where it is.
  await row.getByRole("button", { name: `Actions for ${label}` }).click();
  await page.getByRole("menuitem", { name: "Disable key" }).click();
  await row.getByText("Disabled").waitFor();
  await count.click();
  await page.getByText("Errors and latency are those of all keys together").waitFor();
  await page
    .getByRole("figure", { name: "Requests let through" })
    .getByText(String(sent))
    .waitFor();
});

test("an owner erases what one client has said, sees how far it has come, and when it is done", async () => {
  const own = "Forgotten key";
  const control = await controlOf(page, ready);
  const made = await control<{ keyId: string; value: string }>(
    "POST",
    `/bots/${botId}/publication/keys`,
    { label: own },
  );
  for (let count = 0; count < 2; count++) await send(made.value);
  await page.goto(`${ready.consoleUrl}bots/${botId}/keys`);
  const row = page.getByRole("row").filter({ hasText: own });
  await row.getByText(/^As every key: \d+ a second/).waitFor();
  await row.getByRole("button", { name: `Actions for ${own}` }).click();
  await page.getByRole("menuitem", { name: "Erase conversations" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The key goes on working").waitFor();
  await dialog.getByRole("button", { name: "Erase conversations" }).click();
  const erased = page
    .getByRole("region", { name: "Erased conversations" })
    .getByRole("row")
    .filter({ hasText: own });
  await erased.getByText("Erased", { exact: true }).waitFor();
  await erased.getByRole("cell", { name: "2", exact: true }).first().waitFor();
  const left = () => control<Runs>("GET", `/bots/${botId}/publication/runs?keyId=${made.keyId}`);
  expect((await left()).runs).toEqual([]);
  // Of a key that is gone, too: from the page of one of its requests.
  await send(made.value);
  await control("DELETE", `/bots/${botId}/publication/keys/${made.keyId}`);
  const [run] = (await left()).runs;
  await page.goto(`${ready.consoleUrl}bots/${botId}/requests/${run?.runId}`);
  await page.getByRole("button", { name: "Erase conversations" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Erase conversations" }).click();
  await page
    .getByRole("region", { name: "Erased conversations" })
    .getByRole("row")
    .filter({ hasText: "keys that are gone" })
    .getByText("Erased", { exact: true })
    .waitFor();
  expect((await left()).runs).toEqual([]);
});

test("the log of runs is filtered by key, state and time, and the address keeps the filters", async () => {
  await openBotPage(page, "Requests");
  await page.getByRole("link", { name: /^Runs:/ }).click();
  // The page before has a filter by key, too.
  await page.getByRole("button", { name: /^State / }).waitFor();
  await page.getByRole("button", { name: /^Key / }).click();
  await page.getByRole("option", { name: label }).click();
  const rows = page.getByRole("table", { name: "Runs" }).locator("tr[data-run]");
  await expect.poll(() => rows.count()).toBe(sent);
  await page.getByRole("button", { name: /^State / }).click();
  await page.getByRole("option", { name: "Failed", exact: true }).click();
  await page.getByText("No request fits these filters.").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(sent);
  await page.getByRole("button", { name: /^Time / }).click();
  await page.getByRole("option", { name: "From … to …" }).click();
  await page.getByLabel("To", { exact: true }).fill("2026-01-02T00:00");
  await page.getByText("From has to be before to.").waitFor();
  // The earlier time is typed last: both of them count.
  await page.getByLabel("From", { exact: true }).fill("2026-01-01T00:00");
  await page.getByText("No request fits these filters.").waitFor();
  await page.reload();
  await page.getByText("No request fits these filters.").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await rows.first().waitFor();
});

test("the log that the filters leave is had as CSV", async () => {
  const control = await controlOf(page, ready);
  const { runs } = await control<Runs>("GET", `/bots/${botId}/publication/runs?limit=100`);
  const [columns, ...rows] = await downloadCsv(page, "Download CSV");
  expect(columns?.slice(0, 2)).toEqual(["createdAt", "runId"]);
  expect(rows.map((cells) => cells[1])).toEqual(runs.map(({ runId }) => runId));
});

test("one request tells when it was taken in, begun, first answered and ended", async () => {
  await page.locator("tr[data-run] a").first().click();
  const timing = page.getByRole("region", { name: "Timing" });
  for (const step of ["Accepted", "Begun", "First text", "Ended"]) {
    await timing.getByRole("listitem").filter({ hasText: step }).waitFor();
  }
});

test("the browser had nothing to complain of", () => {
  expect(complaints).toEqual([]);
});
