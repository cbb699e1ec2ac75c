import type { IncomingMessage, ServerResponse } from "node:http";
import { listeningPorts, processTree } from "@outlet/local/emulators/listening-ports.test-support";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openTab, signIn, type Tab } from "./fixture/browser.ts";
import { controlOf } from "./fixture/control.ts";
import { attack, serve } from "./fixture/foreign-page.ts";
import { startOutlet } from "./fixture/outlet.ts";

type Outlet = Awaited<ReturnType<typeof startOutlet>>;

let outlet: Outlet;
let browser: Browser;
let admin: Tab;
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  outlet = await startOutlet();
  // A name that resolves to this machine, as its owner may have it do at any moment.
  browser = await launch(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
  admin = await openTab(browser);
  await signIn(admin.page, outlet.ready, "admin");
  site = await serve((_req, res) => {
    res.writeHead(200, { "content-type": "text/html" }).end("<title>Evil</title>");
  });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await outlet?.stop();
});

const pathsOf = ({ ready }: Outlet): string[] => {
  const bot = `/bots/${ready.sampleBot.botId}`;
  const api = new URL(ready.sampleBot.endpoint).pathname;
  return [
    "/",
    "/outlet",
    "/000000000000/outlet-runs",
    "/model/outlet.demo-v1/converse",
    "/_fauxqs/queues",
    `/api/me`,
    `/api/bots`,
    `/api${bot}`,
    `/api${bot}/publication/keys`,
    "/api/admin/publications",
    "/oidc/auth",
    "/oidc/me",
    "/oidc/token",
    "/oidc/session/end",
    `${api}/health`,
    `${api}/conversation`,
  ];
};

/** Everything that the owner and the administrator can see, and what was asked of the sample bot. */
async function stateOf() {
  const control = await controlOf(admin.page, outlet.ready);
  const bot = `/bots/${outlet.ready.sampleBot.botId}`;
  const publication = `${bot}/publication`;
  const paths = ["/bots", bot, publication, `${publication}/keys`, `${publication}/runs`];
  paths.push("/admin/publications", "/admin/audit");
  const answers = await Promise.all(paths.map((path) => control<object>("GET", path)));
  // A publication grows older by itself.
  return JSON.stringify(answers, (name, value: unknown) => (name === "ageSeconds" ? 0 : value), 1);
}

test.runIf(process.platform === "linux")(
  "a page of another origin reads nothing and changes nothing, on whatever port Outlet listens",
  { timeout: 300_000 },
  async () => {
    const ports = listeningPorts(processTree(outlet.pid));
    expect(ports).toContain(Number(new URL(outlet.ready.consoleUrl).port));
    // The first look of an administrator is noted itself.
    await stateOf();
    const before = await stateOf();
    const page = await admin.context.newPage();
    const read: string[] = [];
    for (const origin of [`http://localhost:${site.port}`, `http://evil.example:${site.port}`]) {
      await page.goto(origin);
      const hosts = ["localhost", "127.0.0.1", "evil.example"];
      const targets = ports.flatMap((port) =>
        hosts.map((host) => ({ base: `http://${host}:${port}`, paths: pathsOf(outlet) })),
      );
      read.push(...(await attack(page, targets)));
    }
    expect(read).toEqual([]);
    expect(await stateOf()).toBe(before);
  },
);

test("a page whose name comes to resolve to this machine gets nothing of any path", async () => {
  const { port } = new URL(outlet.ready.consoleUrl);
  const page = await admin.context.newPage();
  for (const path of pathsOf(outlet)) {
    const response = await page.goto(`http://evil.example:${port}${path}`);
    expect([path, response?.status()]).toEqual([path, 421]);
    expect(response?.headers()).not.toHaveProperty("set-cookie");
  }
});

test("the attack finds a server that is open to pages", async () => {
  const seen = new Set<string>();
  const open = await serve((req: IncomingMessage, res: ServerResponse) => {
    seen.add(`${req.method} ${req.headers["content-type"] ?? ""}`.replace(/;.*/, ""));
    res.setHeader("access-control-allow-origin", "*");
    res.setHeader("access-control-allow-headers", "*");
    res.setHeader("access-control-allow-methods", "*");
    res.end("all items");
  });
  const page = await admin.context.newPage();
  await page.goto(`http://evil.example:${site.port}`);
  const read = await attack(page, [{ base: `http://127.0.0.1:${open.port}`, paths: ["/"] }]);
  open.close();
  const kinds = ["GET", "DELETE", "POST", "PATCH"].map((method) =>
    read.some((line) => line.startsWith(method) && line.includes("all items")),
  );
  expect(kinds).toEqual([true, true, true, true]);
  expect([...seen]).toEqual(
    expect.arrayContaining([
      "POST text/plain",
      "POST application/x-www-form-urlencoded",
      "POST multipart/form-data",
      "POST application/x-amz-json-1.0",
      "OPTIONS ",
    ]),
  );
});
