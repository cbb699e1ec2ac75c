import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, eventually, type Outlet, startOutlet } from "./runtime-fixture.ts";

/** A site of pages that may change, with a sitemap of them, that tells what was asked for. */
const pages = new Map<string, { body: string; etag?: string }>();
const asked: string[] = [];
let server: Server;
let origin: string;
let outlet: Outlet;
let owner: Client;
let path: string;

beforeAll(async () => {
  server = createServer((req, res) => {
    const url = req.url ?? "/";
    if (url === "/sitemap.xml") {
      const locations = [...pages.keys()].map((page) => `<url><loc>${origin}${page}</loc></url>`);
      const foreign = "<url><loc>https://elsewhere.example/</loc></url>";
      return res.end(`<urlset xmlns="x">${locations.join("")}${foreign}</urlset>`);
    }
    const page = pages.get(url);
    const isKnown = page?.etag !== undefined && req.headers["if-none-match"] === page.etag;
    asked.push(isKnown ? `${url} 304` : url);
    if (isKnown) return res.writeHead(304).end();
    if (!page || page.body === "") return res.writeHead(404).end("gone");
    const headers = { "content-type": "text/html", ...(page.etag && { etag: page.etag }) };
    return res.writeHead(200, headers).end(page.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  outlet = await startOutlet(["--reach", `127.0.0.1:${port}`]);
  owner = await outlet.as("owner");
  const { json } = await owner("POST", "/bots", { title: "Shop", instruction: "Answer." });
  path = `/bots/${json.botId}/knowledge`;
});
afterAll(async () => {
  await outlet.stop();
  server.close();
});

interface Source {
  url: string;
  status: string;
  failureCode: string | null;
  siteId: string;
}
const settled = (visits: number) =>
  eventually(
    () => owner("GET", path),
    ({ json }) =>
      json.sites.every(
        (site: { status: string; visitedAt: string | null }) =>
          site.visitedAt !== null && !["QUEUED", "RUNNING"].includes(site.status),
      ) &&
      ["SUCCEEDED", "FAILED"].includes(json.syncStatus) &&
      json.sources.every(({ status }: Source) => ["SUCCEEDED", "FAILED"].includes(status)) &&
      asked.length >= visits,
    20_000,
  );
const statuses = (sources: Source[]) =>
  Object.fromEntries(
    sources.map(({ url, status, failureCode }) => [
      url.slice(origin.length),
      failureCode ?? status,
    ]),
  );
const found = async (question: string): Promise<string[]> => {
  const query = `/search?question=${encodeURIComponent(question)}`;
  const { json } = await owner("GET", path + query);
  return json.passages.map(({ text }: { text: string }) => text);
};

describe("a site", () => {
  test("is read page by page from its sitemap; one page that fails, fails alone", async () => {
    pages.set("/fees", { body: "<nav>Home</nav><main><h1>Fees</h1>Lockers cost nine.</main>" });
    pages.set("/hours", { body: "<p>The gate opens at dawn.</p>", etag: '"1"' });
    pages.set("/lost", { body: "" });
    const url = `${origin}/sitemap.xml`;
    const added = await owner("POST", `${path}/sites`, { url, kind: "sitemap", everyHours: 24 });
    expect([added.status, added.json.status]).toEqual([201, "QUEUED"]);
    const { json } = await settled(3);
    expect(json.sites).toMatchObject([{ status: "SUCCEEDED", pages: 3, failure: null }]);
    expect(Date.parse(json.sites[0].nextAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(statuses(json.sources)).toEqual({
      "/fees": "SUCCEEDED",
      "/hours": "SUCCEEDED",
      "/lost": "not_fetched",
    });
    expect(await found("lockers")).toEqual([expect.stringContaining("Lockers cost nine.")]);
    expect((await found("lockers"))[0]).not.toContain("Home");
  });

  test("is visited again: what is as it was is not read, what is new is, what is gone is removed", async () => {
    asked.length = 0;
    pages.set("/fees", { body: "<main><h1>Fees</h1>Lockers cost twelve.</main>" });
    pages.delete("/lost");
    pages.set("/new", { body: "<p>A kiosk sells umbrellas.</p>" });
    const [site] = (await owner("GET", path)).json.sites;
    expect((await owner("POST", `${path}/sites/${site.siteId}/visit`)).status).toBe(202);
    const { json } = await settled(3);
    expect(asked.toSorted()).toEqual(["/fees", "/hours 304", "/new"]);
    expect(statuses(json.sources)).toEqual({
      "/fees": "SUCCEEDED",
      "/hours": "SUCCEEDED",
      "/new": "SUCCEEDED",
    });
    expect(await found("lockers")).toEqual([expect.stringContaining("twelve")]);
    expect(await found("umbrellas")).toHaveLength(1);
    expect(await found("gate")).toHaveLength(1);
  });

  test("that cannot be had says why, and what was read of it stays", async () => {
    const sitemap = await owner("POST", `${path}/sites`, {
      url: `${origin}/no-sitemap.xml`,
      kind: "sitemap",
    });
    const { json } = await settled(0);
    const site = json.sites.find(({ siteId }: Source) => siteId === sitemap.json.siteId);
    expect([site.status, site.failure]).toEqual(["FAILED", expect.stringMatching(/answered 404/)]);
    await owner("DELETE", `${path}/sites/${sitemap.json.siteId}`);
    expect(await found("lockers")).toHaveLength(1);
  });

  test("inside this network is not reached, though its server is there", async () => {
    const inside = new URL(outlet.ready.controlApiUrl).port;
    const { json } = await owner("POST", `${path}/sites`, { url: `http://127.0.0.1:${inside}/` });
    const after = (await settled(0)).json;
    const source = after.sources.find(({ siteId }: Source) => siteId === json.siteId);
    expect(source.failure).toMatch(/not a public server/);
    expect((await owner("DELETE", `${path}/sites/${json.siteId}`)).status).toBe(204);
  });

  test("is removed with all of its pages", async () => {
    const [site] = (await owner("GET", path)).json.sites;
    expect((await owner("DELETE", `${path}/sites/${site.siteId}`)).status).toBe(204);
    const { json } = await owner("GET", path);
    expect([json.sites, json.sources]).toEqual([[], []]);
    expect(await found("umbrellas")).toEqual([]);
  });

  test("is an address of the web, of the owner's own bot", async () => {
    for (const url of ["ftp://x.example/", "x.example", "", "javascript:1"]) {
      expect((await owner("POST", `${path}/sites`, { url })).status).toBe(422);
    }
    const user = await outlet.as("user");
    const foreign = await user("POST", `${path}/sites`, { url: "https://x.example/" });
    expect(foreign.status).toBe(404);
  });
});
