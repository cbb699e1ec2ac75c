import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { indexAt, stack } from "../src/ui/chart/model.ts";
import { launch, openTab, signIn } from "./fixture/browser.ts";

const ready = inject("ready");
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await openTab(browser));
  await signIn(page, ready, "owner", "design");
});
afterAll(() => browser?.close());

const figure = () => page.getByRole("figure", { name: "Lines, with a gap" });
const periods = 48;

/** How many pixels of the colour of a token stand over one period of the chart. */
async function pixels(token: string, period: number): Promise<number> {
  await figure().locator("canvas").waitFor();
  return figure().evaluate(
    (element, [name, index, count]) => {
      const canvas = element.querySelector("canvas");
      const over = element.querySelector(".u-over");
      const context = canvas?.getContext("2d");
      if (!canvas || !over || !context) throw new Error("The chart is not drawn.");
      const probe = document.createElement("span");
      probe.style.color = `var(${name})`;
      document.body.append(probe);
      const wanted = (/\d+, \d+, \d+/.exec(getComputedStyle(probe).color)?.[0] ?? "").split(", ");
      probe.remove();
      const scale = canvas.width / canvas.getBoundingClientRect().width;
      const inner = over.getBoundingClientRect();
      const step = inner.width / count;
      const left = inner.left - canvas.getBoundingClientRect().left + step * index;
      const { data } = context.getImageData(left * scale, 0, step * scale, canvas.height);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (wanted.every((part, channel) => data[at + channel] === Number(part))) found += 1;
      }
      return found;
    },
    [token, period, periods] as const,
  );
}

test("a line is broken where nothing is known, and what stands alone there is a point", async () => {
  await expect.poll(() => pixels("--chart-1", 10)).toBeGreaterThan(0);
  for (const period of [21, 22, 26]) expect(await pixels("--chart-1", period)).toBe(0);
  expect(await pixels("--chart-1", 24)).toBeGreaterThan(0);
});

test("a chart is painted again in the colours of the other scheme", async () => {
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => pixels("--chart-1", 10)).toBeGreaterThan(0);
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(
    light,
  );
  await expect.poll(() => pixels("--chart-1", 10)).toBeGreaterThan(0);
});

test("where the library cannot be loaded, the numbers are there as a table", async () => {
  const { page: other, context } = await openTab(browser);
  await context.route(/\/plot-.*\.js$/, (route) => route.abort());
  await signIn(other, ready, "owner", "design");
  const table = other.getByRole("figure", { name: "Bars", exact: true }).getByRole("table");
  await table.waitFor();
  expect(await table.getByRole("row").count()).toBeGreaterThan(periods / 2);
  await context.close();
});

test("a stack adds up, and is a gap only where no part of it is known", () => {
  const part = (values: (number | null)[]) => ({ label: "", colour: "1" as const, values });
  expect(stack([part([1, null, null]), part([2, 5, null])])).toEqual([
    [1, 0, null],
    [3, 5, null],
  ]);
});

test("a time lies in the period that begins before it and ends after it", () => {
  const data = { range: { from: 0, to: 40 }, times: [10, 20], periodMs: 10, series: [] };
  expect([9, 10, 19, 20, 29, 30].map((at) => indexAt(data, at))).toEqual([
    undefined,
    0,
    0,
    1,
    1,
    undefined,
  ]);
});
