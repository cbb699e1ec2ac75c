/** The pictures of the README and what their pages consist of: `npm run shots -- readme`. */
import { mkdir, writeFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { openTab, signIn } from "../fixture/browser.ts";
import type { Ready } from "../fixture/outlet.ts";
import { drawArchitecture } from "./architecture.ts";
import { mainPages, type Structure, structureFile, structureOf } from "./structure.ts";

const folder = new URL("../../../docs/pictures/", import.meta.url);

export async function takePictures(browser: Browser, ready: Ready): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("architecture.svg", folder), drawArchitecture());
  const { page, context } = await openTab(browser, { width: 1200, height: 760 });
  await signIn(page, ready, "owner");
  await callAround(ready);
  const structure: Structure = {};
  for (const { name, path, shows } of mainPages(ready.sampleBot.botId)) {
    await page.goto(ready.consoleUrl + path);
    await page.getByText(shows).first().waitFor();
    await page.waitForLoadState("networkidle");
    structure[name] = await structureOf(page);
    if (name !== "requests") continue;
    await page.screenshot({ path: new URL("console.png", folder).pathname });
  }
  await writeFile(structureFile, `${JSON.stringify(structure, null, 2)}\n`);
  await context.close();
}

/** So that there is something to see: questions that were answered, and requests that were refused. */
async function callAround({ sampleBot: { endpoint, apiKey } }: Ready): Promise<void> {
  const ask = (text: string, key = apiKey) =>
    fetch(`${endpoint}/conversation`, {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json", prefer: "wait=25" },
      body: JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } }),
    });
  for (const text of ["What is Outlet?", "Which Node does it need?", "How is it stopped?"]) {
    const { status } = await ask(text);
    if (status !== 200) throw new Error(`The sample bot answered ${status}.`);
  }
  await ask("Let me in", "outlet_nobody");
  await fetch(`${endpoint}/v1/models`, { headers: { "x-api-key": apiKey } });
  await ask("");
}
