import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { call, publish } from "./fixture/admin.ts";
import { violations } from "./fixture/axe.ts";
import { launch, openTab, signIn, type Tab } from "./fixture/browser.ts";
import { controlOf } from "./fixture/control.ts";
import { downloadCsv } from "./fixture/csv.ts";

const ready = inject("ready");
let browser: Browser;
let tab: Tab;
let page: Page;
let bot: { botId: string; endpoint: string };
let tidy: (() => Promise<unknown>) | undefined;
let key: { keyId: string; value: string };
/** Nobody else's bot has it: the tests before left some behind. */
const title = "Harbour office";

beforeAll(async () => {
  browser = await launch();
  const owner = await controlFor("owner");
  bot = await publish(owner, title, {});
  key = await owner("POST", `/bots/${bot.botId}/publication/keys`, { label: "Pier 7" });
  for (const text of ["When does it open?", "Is there a berth?"]) {
    const answer = await call(bot.endpoint, key.value, text);
    expect(answer.status).toBe(200);
  }
  await call(bot.endpoint, "outlet_nonsense", "Let me in?");
  const user = await controlFor("user");
  const secret = await user<{ botId: string }>("POST", "/bots", { title: "A user's secret" });
  // Others begin with a user who has none.
  tidy = () => user("DELETE", `/bots/${secret.botId}`);
  tab = await openTab(browser);
  ({ page } = tab);
  await signIn(page, ready, "admin");
});
afterAll(async () => {
  await tidy?.();
  await browser?.close();
});

async function controlFor(name: string) {
  const { page, context } = await openTab(browser);
  await signIn(page, ready, name);
  const control = await controlOf(page, ready);
  await context.close();
  return control;
}

const openAdmin = async (name: string) => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Admin" }).click();
  await page
    .getByRole("navigation", { name: "Pages of the administrator" })
    .getByRole("link", { name, exact: true })
    .click();
};

const row = (attribute: string, value: string) => page.locator(`tr[data-${attribute}="${value}"]`);

const download = () => downloadCsv(page, "Download CSV");

/** Chooses from one of the page's selects. */
async function choose(label: string, option: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${label}`) }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

const micro = (usd: string): number => Math.round(Number(usd.replace(/[^0-9.]/g, "")) * 1e6);

describe("the administrator's journey", () => {
  test("begins with everybody's bots, private ones too, each with its owner", async () => {
    await page.getByRole("link", { name: "All bots" }).click();
    const card = page.getByRole("listitem").filter({ hasText: "A user's secret" });
    await card.getByText("of user").waitFor();
    expect(new URL(page.url()).search).toBe("?of=anyone");
  });

  test("finds an API by a part of its title, its owner and its state; the address keeps it", async () => {
    await openAdmin("APIs");
    await page.getByLabel("Search").fill("harbour");
    await page.getByLabel("Owner").fill("owner");
    await choose("State", "Published");
    await page.waitForURL(/text=harbour/);
    await page.waitForURL(/owner=owner/);
    await page.waitForURL(/status=published/);
    await page.reload();
    await row("bot", bot.botId).waitFor();
    expect(await page.locator("tr[data-bot]").count()).toBe(1);
    expect(await page.getByLabel("Search").inputValue()).toBe("harbour");
    const text = await row("bot", bot.botId).innerText();
    for (const part of [
      title,
      "owner",
      "Published",
      "This machine",
      "burst 100, 50/s",
      bot.endpoint,
    ]) {
      expect(text).toContain(part);
    }
    const [, ...rows] = await download();
    expect(rows.map((cells) => cells.slice(0, 2))).toEqual([[bot.botId, title]]);
  });

  test("acts on it in the owner's stead: a banner says whose it is, and who stays its owner", async () => {
    // By keyboard alone: the menu, then the first of its pages.
    await page.getByRole("button", { name: `Actions for ${title}` }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Publish settings" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("You act as administrator on a bot of owner").waitFor();
    await page.getByRole("button", { name: "Pause endpoint" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause endpoint" }).click();
    await page.getByText("The endpoint is paused").waitFor();
    expect((await call(bot.endpoint, key.value, "Anybody there?")).status).toBe(503);
    await page.getByRole("button", { name: "Resume endpoint" }).click();
    await page.getByRole("button", { name: "Pause endpoint" }).waitFor();
    const control = await controlFor("owner");
    const mine = await control<{ mine: boolean; publicationStatus: string }>(
      "GET",
      `/bots/${bot.botId}`,
    );
    expect(mine).toMatchObject({ mine: true, publicationStatus: "published" });
  });

  test("reads in the audit log what was done, by whom and for whom, with before and after", async () => {
    await page.getByRole("link", { name: "All APIs" }).click();
    await openAdmin("Audit");
    await page.getByLabel("Bot", { exact: true }).fill(bot.botId);
    await page.getByText("Only administrators on bots of others").click();
    await page.waitForURL(/admins=1/);
    await page.waitForURL(new RegExp(`bot=${bot.botId}`));
    await page.reload();
    const paused = page.locator('[data-action="publication.pause"]');
    await paused.getByText("as administrator, for owner").waitFor();
    // By keyboard alone.
    await paused.getByRole("button", { name: /Changed: State/ }).focus();
    await page.keyboard.press("Enter");
    await paused.getByRole("row", { name: "State Published Paused" }).waitFor();
    expect(await violations(page)).toEqual([]);
    // That he has looked at it is noted, too.
    expect(await page.locator("[data-action]").count()).toBe(3);
    const [columns, ...rows] = await download();
    expect(columns?.slice(0, 7).join()).toBe("at,auditId,userId,username,action,botId,title");
    expect(rows.map((cells) => cells[4])).toEqual(["publication.resume", "publication.pause"]);
  });

  test("sees what each key used, of which bot, and takes it away as CSV", async () => {
    await openAdmin("Usage");
    await page.waitForFunction(() => document.title === "Usage · Admin · Outlet");
    await choose("By", "Key");
    await page.waitForURL(/by=key/);
    const used = row("group", key.keyId);
    await used.waitFor();
    expect(await used.innerText()).toContain("Pier 7");
    expect(await used.locator("td").nth(1).innerText()).toBe("2");
    const rows = await download();
    expect(rows.map((cells) => cells.slice(0, 2))).toContainEqual([bot.botId, title]);
  });

  test("sees costs that add up to the total, and shares that add up to the whole", async () => {
    await openAdmin("Costs");
    await choose("Time", "From … to …");
    await page.waitForURL(/from=.*&to=/);
    await page.reload();
    await row("group", bot.botId).waitFor();
    expect(await violations(page)).toEqual([]);
    const table = page.getByRole("table", { name: "Allocation" });
    const costs = await table.locator("tr[data-group] td:nth-child(3)").allInnerTexts();
    const shares = await table.locator("tr[data-group] td:nth-child(4)").allInnerTexts();
    const total = await table.locator("tr").last().locator("td").allInnerTexts();
    expect(costs.reduce((sum, cost) => sum + micro(cost), 0)).toBe(micro(total[1] ?? ""));
    const sum = shares.reduce((all, share) => all + Number.parseFloat(share), 0);
    expect([sum.toFixed(2), total[2]?.trim()]).toEqual(["100.00", "100.00%"]);
  });

  test("sees when people call, in a zone of choice that the address keeps", async () => {
    await openAdmin("Patterns");
    const cells = () =>
      page.getByRole("table", { name: "Requests in each hour of the week" }).locator("td");
    await cells().first().waitFor();
    await page.getByRole("combobox", { name: "Time zone" }).fill("Kat");
    await page.getByRole("option", { name: /Kathmandu|Katmandu/ }).click();
    await page.waitForURL(/zone=Asia/);
    await page.reload();
    const hint = page.getByText(/requests, in Asia\/Kat/);
    await hint.waitFor();
    const counts = (await cells().allInnerTexts()).map(Number);
    expect(counts).toHaveLength(168);
    const sum = counts.reduce((all, count) => all + count, 0);
    expect(sum).toBe(Number((await hint.innerText()).split(" ")[0]?.replaceAll(",", "")));
    expect(sum).toBeGreaterThanOrEqual(3);
    const refused = page.locator('tr[data-code="other_client_errors"]');
    await refused.getByRole("link", { name: title }).waitFor();
  });

  test("ends without a complaint of the browser", () => {
    expect(tab.complaints).toEqual([]);
  });
});

describe("a plain user", () => {
  test("is not shown the way there, and is told whose it is; nothing is asked for him", async () => {
    const { page: his, context } = await openTab(browser);
    await signIn(his, ready, "user");
    await his.getByRole("heading", { level: 1, name: "Bots" }).waitFor();
    const nav = his.getByRole("navigation", { name: "Main" });
    await his.getByRole("button", { name: "Create a bot" }).waitFor();
    expect(await nav.getByRole("link", { name: "Admin" }).count()).toBe(0);
    const asked: string[] = [];
    his.on("request", (request) => asked.push(new URL(request.url()).pathname));
    for (const path of ["admin", "admin/audit"]) {
      await his.goto(ready.consoleUrl + path);
      await his.getByRole("heading", { name: "This is for administrators" }).waitFor();
      await his.getByText("Ask an administrator").waitFor();
    }
    await his.waitForLoadState("networkidle");
    expect(asked.filter((path) => path.startsWith("/api/admin"))).toEqual([]);
    await context.close();
  });
});
