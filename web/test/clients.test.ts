import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { answerOf, clientRequests } from "../../packages/conformance/src/clients/requests.ts";
import { launch, openTab, signIn } from "./fixture/browser.ts";
import { controlOf } from "./fixture/control.ts";
import { serve } from "./fixture/foreign-page.ts";
import { startOutlet } from "./fixture/outlet.ts";

let outlet: Awaited<ReturnType<typeof startOutlet>>;
let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;
let page: Page;

/** A page of somebody's shop, whose origin the bot's owner has allowed. */
beforeAll(async () => {
  outlet = await startOutlet();
  browser = await launch();
  site = await serve((_req, res) => {
    res.writeHead(200, { "content-type": "text/html" }).end("<title>Shop</title>");
  });
  const origin = `http://127.0.0.1:${site.port}`;
  const owner = await openTab(browser);
  await signIn(owner.page, outlet.ready, "owner");
  const control = await controlOf(owner.page, outlet.ready);
  const publication = `/bots/${outlet.ready.sampleBot.botId}/publication`;
  const settings = { allowedOrigins: [origin], throttle: null, quota: null };
  await control("PATCH", publication, settings);
  await vi.waitFor(
    async () => expect(await control("GET", publication)).toMatchObject({ status: "published" }),
    { timeout: 20_000 },
  );
  ({ page } = await openTab(browser));
  await page.goto(origin);
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await outlet?.stop();
});

// A page may not send PUT, which no route takes, nor a body with GET.
const sendable = clientRequests.filter(
  ({ only, method }) => only === undefined && method !== "PUT",
);

test.each(sendable)(
  "$name, sent by a page, is answered as to any client",
  async ({ method, path, headers, body, right }) => {
    const { endpoint, apiKey } = outlet.ready.sampleBot;
    const answer = await page.evaluate(
      async ({ url, init, bytes }) => {
        const sent = bytes && new Uint8Array(bytes);
        const response = await fetch(url, { ...init, ...(sent ? { body: sent } : {}) });
        const type = response.headers.get("content-type");
        return { status: response.status, type, text: await response.text() };
      },
      {
        url: endpoint + path,
        init: { method, headers: { ...headers, "x-api-key": apiKey } },
        bytes: body ? [...body] : null,
      },
    );
    const { status, code = null } = right;
    expect(answerOf(answer.status, answer.type, answer.text)).toMatchObject({ status, code });
  },
);
