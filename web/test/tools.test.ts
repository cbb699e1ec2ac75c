import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEverything } from "@outlet/functions/tools/everything-server.test-support";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publish } from "./fixture/admin.ts";
import { violations } from "./fixture/axe.ts";
import { launch, openTab, signIn } from "./fixture/browser.ts";
import { controlOf } from "./fixture/control.ts";
import { startOutlet } from "./fixture/outlet.ts";

const token = "tok-3f9a";
const description = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  components: { securitySchemes: { login: { type: "http", scheme: "bearer" } } },
  paths: {
    "/orders/{id}": {
      get: {
        operationId: "readOrder",
        summary: "How far an order is",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "string" } },
          { name: "verbose", in: "query", schema: { type: "boolean" } },
        ],
      },
    },
    "/upload": {
      post: { requestBody: { required: true, content: { "multipart/form-data": {} } } },
    },
  },
};
const shop = createServer((req, res) => {
  res.setHeader("content-type", "application/json");
  if (req.url === "/openapi.json") return res.end(JSON.stringify(description));
  return res.end(JSON.stringify({ asked: req.url, by: req.headers.authorization }));
});

let outlet: Awaited<ReturnType<typeof startOutlet>>;
let everything: Awaited<ReturnType<typeof startEverything>>;
let browser: Browser;
let page: Page;
let complaints: string[];
let base: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const { port } = shop.address() as AddressInfo;
  base = `http://127.0.0.1:${port}`;
  everything = await startEverything();
  outlet = await startOutlet(["--reach", `127.0.0.1:${port},${everything.address}`]);
  browser = await launch();
  ({ page, complaints } = await openTab(browser));
  const { botId } = outlet.ready.sampleBot;
  await signIn(page, outlet.ready, "owner", `bots/${botId}/tools`);
});
afterAll(async () => {
  await browser?.close();
  await outlet?.stop();
  everything?.close();
  shop.close();
});

const dialog = () => page.getByRole("dialog");
const button = (name: string | RegExp) => page.getByRole("button", { name });

async function expectAccessible(options?: { isOpen: boolean }): Promise<void> {
  expect(await violations(page, options)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await shoot(360);
  await page.setViewportSize({ width: 1440, height: 900 });
  await shoot(1440);
}

/** Pictures of the states that only an act leads to: where `OUTLET_SHOTS` names a folder. */
let shots = 0;
async function shoot(width: number): Promise<void> {
  const folder = process.env.OUTLET_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/tools-${shots++}-${width}.png` });
}

test("operations are picked out of a document and tried by a form made from their schema", async () => {
  await button("Add from OpenAPI").click();
  await dialog().getByLabel("Address of the document").fill(`${base}/nothing`);
  await dialog().getByRole("button", { name: "Read the document" }).click();
  await dialog().getByText("The document could not be read").waitFor();
  await dialog().getByLabel("Address of the document").fill(`${base}/openapi.json`);
  await dialog().getByRole("button", { name: "Read the document" }).click();
  await dialog().getByLabel("Address of the service").waitFor();
  expect(await dialog().getByLabel("Address of the service").inputValue()).toBe(base);
  await dialog().getByText("tools send JSON or a form").waitFor();
  await dialog().getByText("GET /orders/{id}").click();
  await dialog().getByLabel("Secret").fill(token);
  await expectAccessible({ isOpen: true });
  await dialog().getByRole("button", { name: "Add the operations" }).click();
  await button("Try readOrder").click();
  await dialog().getByLabel("id", { exact: true }).fill("7 b");
  await dialog()
    .getByRole("button", { name: /^verbose/ })
    .click();
  await page.getByRole("option", { name: "yes" }).click();
  await dialog().getByRole("button", { name: "Call it" }).click();
  await dialog().getByText("It answered (200)").waitFor();
  await expectAccessible({ isOpen: true });
  const said = await dialog().innerText();
  expect(said).toContain(`GET ${base}/orders/7%20b?verbose=true`);
  expect(said).toContain('"by":"Bearer [secret]"');
  expect(said).not.toContain(token);
  await dialog().getByRole("button", { name: "Close" }).click();
  await expectAccessible();
});

test("a tool is held to hosts and limits, and may be taken from the model", async () => {
  await button("Edit Shop").click();
  await dialog().getByLabel("Hosts that it may reach").fill("elsewhere.example");
  await dialog().getByLabel("Calls in one answer").fill("3");
  await dialog().getByRole("button", { name: "How GET /orders/{id} is called" }).click();
  await dialog().getByLabel("Fixed parameters").fill("verbose = false");
  await dialog().getByLabel("Part of the answer").fill("asked");
  await expectAccessible({ isOpen: true });
  await dialog().getByRole("button", { name: "Save the tool" }).click();
  await button("Try readOrder").click();
  await dialog().getByLabel("id", { exact: true }).fill("7");
  await dialog().getByRole("button", { name: "Call it" }).click();
  await dialog().getByText("is not on the list of hosts").waitFor();
  await dialog().getByRole("button", { name: "Close" }).click();
  await button("Edit Shop").click();
  await dialog().getByRole("button", { name: "How GET /orders/{id} is called" }).click();
  expect(await dialog().getByLabel("Fixed parameters").inputValue()).toBe("verbose = false");
  await dialog().getByLabel("Hosts that it may reach").fill("127.0.0.1");
  await dialog().getByRole("button", { name: "Save the tool" }).click();
  await button("Try readOrder").click();
  await dialog().getByLabel("id", { exact: true }).fill("7");
  expect(await dialog().getByText("verbose", { exact: true }).count()).toBe(0);
  await dialog().getByRole("button", { name: "Call it" }).click();
  await dialog().getByText('"/orders/7?verbose=false"', { exact: true }).waitFor();
  await dialog().getByRole("button", { name: "Close" }).click();
  const offered = page.getByRole("switch", { name: "The model may call Shop" });
  await expect.poll(() => offered.isChecked()).toBe(true);
  await offered.press("Space");
  await expect.poll(() => offered.isChecked()).toBe(false);
});

test("a document may be a file", async () => {
  await button("Add from OpenAPI").click();
  await dialog()
    .locator("input[type=file]")
    .setInputFiles({
      name: "openapi.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify({ ...description, info: { title: "Filed" } })),
    });
  await dialog().getByRole("button", { name: "Read the document" }).click();
  await expect.poll(() => dialog().getByLabel("Name", { exact: true }).inputValue()).toBe("Filed");
  await dialog().getByRole("button", { name: "Another document" }).click();
  await dialog().getByRole("button", { name: "Cancel" }).click();
});

test("a tool of an MCP server that changes is paused, shown, and approved", async () => {
  await button("Add an MCP server").click();
  await dialog().getByLabel("Address of the server").fill(everything.url);
  await dialog().getByRole("button", { name: "Look at its tools" }).click();
  await dialog().getByText("echo", { exact: true }).click();
  await expectAccessible({ isOpen: true });
  await dialog().getByRole("button", { name: "Add the tools" }).click();
  await button("Try echo").click();
  await dialog().getByLabel("message").fill("hello");
  await dialog().getByRole("button", { name: "Call it" }).click();
  await dialog().getByText("Echo: hello").waitFor();
  await dialog().getByRole("button", { name: "Close" }).click();
  everything.state.change = (text) => text.replaceAll("Echoes back", "Sends on");
  await button(/^Compare/).click();
  await page.getByText("echo is paused: its server describes it otherwise now").waitFor();
  await page.getByText("Sends on the input string").waitFor();
  await expectAccessible();
  await button("Approve the change").click();
  await page.getByText("echo is paused").waitFor({ state: "hidden" });
});

test("another published bot is added under a name that is free, and a second server's echo too", async () => {
  const title = "Handbook of the house";
  await publish(await controlOf(page, outlet.ready), title, { throttle: null, quota: null });
  await button("Add another bot").click();
  await dialog().getByRole("button", { name: /^Bot/ }).click();
  await page.getByRole("option", { name: title }).click();
  const name = dialog().getByLabel("Name of the function");
  expect(await name.inputValue()).toBe("ask_Handbook_of_the_house");
  await name.fill("echo");
  await dialog().getByLabel("When to ask it").fill("For what is in the handbook.");
  await dialog().getByRole("button", { name: "Add the bot" }).click();
  await dialog().getByText('The bot has another function "echo".').first().waitFor();
  await expectAccessible({ isOpen: true });
  await name.fill("ask_handbook");
  await dialog().getByRole("button", { name: "Add the bot" }).click();
  await page.getByRole("switch", { name: "The model may call ask_handbook" }).waitFor();
  await button("Add an MCP server").click();
  await dialog().getByLabel("Address of the server").fill(everything.url);
  await dialog().getByRole("button", { name: "Look at its tools" }).click();
  await dialog().getByText("echo", { exact: true }).click();
  await dialog().getByRole("button", { name: "Add the tools" }).click();
  await button("Try echo_2").waitFor();
  await expectAccessible();
});

test("the bot's own tools are switched, limits saved, and a service removed", async () => {
  const calculator = page.getByRole("switch", { name: "Calculator" });
  await calculator.press("Space");
  await expect.poll(() => calculator.isChecked()).toBe(true);
  await page.getByLabel("Rounds of calls").fill("3");
  await button("Save the limits").click();
  await page.getByText("The limits are saved.").waitFor();
  await button("Remove Shop").click();
  await dialog().getByRole("button", { name: "Remove the tool" }).click();
  await button("Remove Shop").waitFor({ state: "hidden" });
  expect(complaints).toEqual([]);
});
