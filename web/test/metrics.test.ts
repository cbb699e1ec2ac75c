import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { violations } from "./fixture/axe.ts";
import { launch, openBotPage, openTab, signIn } from "./fixture/browser.ts";
import { controlOf } from "./fixture/control.ts";
import { downloadCsv } from "./fixture/csv.ts";

const ready = inject("ready");
const { botId } = ready.sampleBot;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, complaints } = await openTab(browser));
  // The clock of the page is the test's: what is done every so often is not waited for.
  await page.clock.install();
  await signIn(page, ready, "owner", `bots/${botId}`);
});
afterAll(() => browser?.close());

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
}

const send = (init: { key?: string; text?: string } = {}) =>
  fetch(`${ready.sampleBot.endpoint}/conversation`, {
    method: "POST",
    headers: {
      "x-api-key": init.key ?? ready.sampleBot.apiKey,
      "content-type": "application/json",
      prefer: "wait=20",
    },
    body: JSON.stringify({
      message: { content: [{ contentType: "text", body: init.text ?? "What is Outlet?" }] },
    }),
  });

const chart = (name: string) => page.getByRole("figure", { name, exact: true });
/** A figure of the whole range, as it stands on the page. */
const total = (label: string) =>
  page.locator("dl div").filter({ hasText: label }).locator("dd").first();
const numberOf = async (label: string) =>
  Number((await total(label).innerText()).replace(/\D/g, ""));

interface Metrics {
  totals: { requests: number; clientErrors: number };
}
interface Usage {
  total: { runs: number; inputTokens: number; outputTokens: number };
}

test("an owner sees what the endpoint was asked, how it answered and what that used", async () => {
  expect((await send()).status).toBe(200);
  expect((await send({ key: "outlet_nonsense" })).status).toBe(403);
  await openBotPage(page, "Metrics");
  await chart("Requests by answer").waitFor();
  const control = await controlOf(page, ready);
  const metrics = await control<Metrics>("GET", `/bots/${botId}/publication/metrics`);
  const usage = await control<Usage>("GET", `/bots/${botId}/publication/usage`);
  expect(metrics.totals.clientErrors).toBeGreaterThan(0);
  await expect.poll(() => numberOf("Requests")).toBe(metrics.totals.requests);
  expect(await numberOf("4xx")).toBe(metrics.totals.clientErrors);
  expect(await numberOf("Tokens")).toBe(usage.total.inputTokens + usage.total.outputTokens);
  const legend = chart("Requests by answer").getByRole("listitem").filter({ hasText: "4xx" });
  expect(await legend.innerText()).toContain(String(metrics.totals.clientErrors));
});

test("it keeps itself up to date, without a flicker and without taking the focus", async () => {
  const before = await numberOf("Requests");
  const cursor = chart("Latency").getByRole("slider");
  await cursor.focus();
  await page.keyboard.press("End");
  const pointedAt = (await cursor.getAttribute("aria-valuetext"))?.split(": ")[0];
  await page.evaluate(() => {
    const seen = new MutationObserver((all) => {
      for (const { removedNodes } of all)
        for (const node of removedNodes)
          if (node instanceof Element && node.matches("figure, figure *, section"))
            Reflect.set(window, "flickered", node.outerHTML.slice(0, 200));
    });
    for (const plot of document.querySelectorAll("[role=slider]"))
      if (plot.parentElement?.parentElement)
        seen.observe(plot.parentElement.parentElement, { childList: true });
  });
  expect((await send()).status).toBe(200);
  // Long enough for alerts, too, which are asked for once a minute.
  await page.clock.fastForward(70_000);
  await expect.poll(() => numberOf("Requests")).toBe(before + 1);
  expect((await cursor.getAttribute("aria-valuetext"))?.split(": ")[0]).toBe(pointedAt);
  expect(await cursor.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await page.evaluate(() => Reflect.get(window, "flickered"))).toBeUndefined();
});

test("a tab that nobody sees asks for nothing", async () => {
  const asked: string[] = [];
  const note = (request: { url(): string }) => {
    if (/\/(metrics|usage|alerts)/.test(request.url())) asked.push(request.url());
  };
  const show = (state: "hidden" | "visible") =>
    page.evaluate((now) => {
      Object.defineProperty(document, "visibilityState", { value: now, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await show("hidden");
  page.on("request", note);
  await page.clock.fastForward(120_000);
  expect(asked).toEqual([]);
  await show("visible");
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  page.off("request", note);
});

test("a chart is read with the arrow keys, and all charts show the same time", async () => {
  const cursor = chart("Requests by answer").getByRole("slider");
  await cursor.focus();
  await page.keyboard.press("End");
  expect(await cursor.getAttribute("aria-valuetext")).toMatch(/Answered [1-9]\d*, 4xx \d+, 5xx 0$/);
  const latency = chart("Latency").getByRole("slider");
  expect(await latency.getAttribute("aria-valuetext")).toMatch(/p50 .*s, p90 .*s, p99 .*s$/);
  const now = Number(await cursor.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowLeft");
  expect(Number(await cursor.getAttribute("aria-valuenow"))).toBe(now - 1);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  // Before the first request nothing is known: that is not 0.
  expect(await cursor.getAttribute("aria-valuetext")).toMatch(/Answered –, 4xx –, 5xx –$/);
  await page.keyboard.press("Escape");
  expect(await cursor.getAttribute("aria-valuetext")).toBe("No time chosen");
});

test("a chart has its numbers as a table", async () => {
  const requests = chart("Requests by answer");
  await requests.getByRole("button", { name: "Requests by answer as a table" }).click();
  const rows = requests.getByRole("row");
  await rows.nth(1).waitFor();
  const sums = await rows.evaluateAll((all) =>
    all
      .slice(1)
      .map((row) =>
        [...row.querySelectorAll("[data-number]")].map((cell) => Number(cell.textContent)),
      ),
  );
  const sum = sums.flat().reduce((one, other) => one + other, 0);
  expect(sum).toBe(await numberOf("Requests"));
  await expectAccessible();
  await requests.getByRole("button", { name: "Requests by answer as a table" }).click();
  await requests.getByRole("slider").waitFor();
});

test("one key alone is shown, and what the gateway does not know of it is said", async () => {
  await page.getByRole("link", { name: "Sample key" }).click();
  await page.getByText("Errors and latency are those of all keys together").waitFor();
  expect(page.url()).toMatch(/[?&]key=[0-9A-Z]{26}/);
  const through = chart("Requests let through").getByRole("listitem");
  await expect
    .poll(async () => Number((await through.innerText()).replace(/\D/g, "")))
    .toBeGreaterThan(1);
  await page.getByRole("button", { name: /^Key/ }).click();
  await page.getByRole("option", { name: "All keys" }).click();
  await chart("Latency").waitFor();
});

test("the range is in the address: whoever gets the link sees the same", async () => {
  await page.getByRole("button", { name: /^Time / }).click();
  await page.getByRole("option", { name: "Last 7 days" }).click();
  await expect.poll(() => page.url()).toContain("range=7d");
  await page.reload();
  await page.getByRole("button", { name: /Last 7 days/ }).waitFor();
  await page.getByRole("button", { name: /^Time / }).click();
  await page.getByRole("option", { name: "From … to …" }).click();
  await page.getByLabel("From", { exact: true }).fill("2026-01-01T00:00");
  await page.getByLabel("To", { exact: true }).fill("2026-01-02T12:30");
  await page.getByText("No requests in this time").waitFor();
  expect(new URL(page.url()).searchParams.get("to")).toMatch(/^202[56]-.*Z$/);
  await page.reload();
  expect(await page.getByLabel("To", { exact: true }).inputValue()).toBe("2026-01-02T12:30");
  await page.getByLabel("To", { exact: true }).fill("2025-01-02T12:30");
  await page.getByText("From has to be before to.").waitFor();
  await page.getByRole("button", { name: /^Time / }).click();
  await page.getByRole("option", { name: "Last 24 hours" }).click();
  await chart("Latency").waitFor();
});

test("a stretch of time that is drawn over with the pointer becomes the range", async () => {
  const plot = chart("Latency").locator(".u-over");
  await plot.evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await plot.boundingBox();
  if (!box) throw new Error("The chart is not drawn.");
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width, box.y + 30, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => page.url()).toMatch(/from=.*&to=/);
  const { searchParams } = new URL(page.url());
  const bounds = ["from", "to"].map((name) => Date.parse(searchParams.get(name) ?? ""));
  const hours = ((bounds[1] ?? 0) - (bounds[0] ?? 0)) / 3_600_000;
  // Half of a day, and of the hours that its edges were rounded out to.
  expect(hours).toBeGreaterThan(11);
  expect(hours).toBeLessThan(14);
  await page.goto(`${ready.consoleUrl}bots/${botId}/metrics`);
  await chart("Latency").waitFor();
});

test("what the page shows is had as CSV", async () => {
  for (const [button, columns] of [
    ["Requests as CSV", "at,requests,clientErrors"],
    ["By key as CSV", "group,label,runs"],
  ] as const) {
    const [first, ...rows] = await downloadCsv(page, button);
    expect(first?.join()).toContain(columns);
    expect(rows.length).toBeGreaterThan(0);
  }
});

test("a threshold is set, is passed, and says so on every page of the bot", async () => {
  await page.getByRole("link", { name: "Set thresholds" }).click();
  const card = page.getByRole("region", { name: "Alerts" });
  const errorRate = card.getByLabel("Error rate, in percent");
  await errorRate.fill("0.001");
  await card.getByLabel("Spend in a month, in USD").fill("12.5");
  await card.getByLabel("E-mail to").fill("not-an-address");
  await card.getByRole("button", { name: "Save alerts" }).click();
  await card.getByText(/must be an e-mail address/).waitFor();
  await card.getByLabel("E-mail to").fill("owner@example.com");
  await card.getByRole("button", { name: "Save alerts" }).click();
  await page.getByText("Alerts saved").waitFor();
  await page.clock.runFor(1_000);
  const item = card.getByRole("listitem").filter({ hasText: "Error rate" });
  await item.getByText("Over threshold").waitFor();
  await card
    .getByRole("listitem")
    .filter({ hasText: "Threshold $12.50" })
    .getByText("OK")
    .waitFor();
  const control = await controlOf(page, ready);
  const publication = await control<{ alerts: object }>("GET", `/bots/${botId}/publication`);
  expect(publication.alerts).toMatchObject({
    errorRatePercent: 0.001,
    monthlySpendMicroUsd: 12_500_000,
    p99Ms: null,
    emails: ["owner@example.com"],
  });
  await openBotPage(page, "Keys");
  await page.getByRole("link", { name: "1 alert" }).click();
  await page.getByRole("region", { name: "Alerts" }).getByText("Over threshold").waitFor();
  await expectAccessible();
  await page.getByRole("link", { name: "Edit thresholds" }).click();
  await errorRate.fill("");
  await card.getByRole("button", { name: "Save alerts" }).click();
  await item.getByText("No threshold").waitFor();
  await page.getByRole("link", { name: "1 alert" }).waitFor({ state: "detached" });
});

test("the browser had nothing to complain of", () => {
  expect(complaints).toEqual([]);
});
