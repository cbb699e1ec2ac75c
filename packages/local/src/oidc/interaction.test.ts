import type { Clock } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorizationUrl, type RunningIssuer, startIssuer } from "./issuer-fixture.ts";

let nowMs = Date.now();
const clock: Clock = { now: () => nowMs, sleep: async () => {} };
let issuer: RunningIssuer;
beforeAll(async () => {
  issuer = await startIssuer({ clock });
});
afterAll(() => issuer[Symbol.asyncDispose]());

/** Where a sign-in's page is, and the cookies that open it. */
async function begin(changes: Record<string, string> = {}) {
  const start = await fetch(authorizationUrl(issuer, changes), { redirect: "manual" });
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const page = new URL(start.headers.get("location") ?? "", issuer.url);
  return { page, cookie, setCookie: start.headers.getSetCookie() };
}

const show = ({ page, cookie }: { page: URL; cookie: string }) =>
  fetch(page, { headers: { cookie } });

const submit = ({ page, cookie }: { page: URL; cookie: string }, fields: Record<string, string>) =>
  fetch(page, {
    method: "POST",
    headers: { cookie },
    body: new URLSearchParams(fields),
    redirect: "manual",
  });

describe("the sign-in page", () => {
  test("runs no script, sits in no frame and is not kept", async () => {
    const response = await show(await begin());
    expect(response.status).toBe(200);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src|unsafe|\*/);
    expect(policy).toMatch(/form-action 'self' http:\/\/127\.0\.0\.1$/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).not.toContain("<script");
  });

  test("labels its fields and begins in the first empty one", async () => {
    const html = await (await show(await begin())).text();
    expect(html).toMatch(/<label for="name">[\s\S]*<input id="name"[^>]* autofocus>/);
    expect(html).toMatch(/<label for="password">[\s\S]*autocomplete="current-password"/);
    const hinted = await (await show(await begin({ login_hint: "owner" }))).text();
    expect(hinted).toMatch(/id="name" name="name" value="owner"/);
    expect(hinted).toMatch(/id="password"[^>]* autofocus>/);
  });

  test("shows what it was sent as text, never as markup", async () => {
    const html = await (
      await show(await begin({ login_hint: '"><script>alert(1)</script>' }))
    ).text();
    expect(html).not.toContain("<script");
    expect(html).toContain("&quot;&gt;&lt;script&gt;");
  });

  test("says what to do after a wrong password and keeps the name", async () => {
    const begun = await begin();
    const response = await submit(begun, { name: "owner", password: "wrong" });
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toMatch(/role="alert">Name and password do not match\. Try again/);
    expect(html).toContain('value="owner"');
    expect(html).not.toContain("wrong");
    const again = await submit(begun, { name: "owner", password: issuer.password("owner") });
    expect(again.status).toBe(303);
  });

  test("does not tell an unknown name from a wrong password", async () => {
    const text = async (name: string) =>
      (await (await submit(await begin(), { name, password: "wrong" })).text()).replaceAll(
        /value="[^"]*"|interaction\/[\w-]+/g,
        "",
      );
    expect(await text("nobody")).toBe(await text("admin"));
  });

  test("makes whoever guesses wait", async () => {
    const begun = await begin();
    for (let n = 0; n < 5; n++) await submit(begun, { name: "user", password: `guess ${n}` });
    const right = { name: "user", password: issuer.password("user") };
    const held = await submit(begun, right);
    expect(held.status).toBe(429);
    expect(held.headers.get("retry-after")).toBe("60");
    expect(await held.text()).toContain("Wait 60 s, then try again.");
    nowMs += 60_000;
    expect((await submit(begun, right)).status).toBe(303);
  });

  test("opens only for the browser that began it", async () => {
    const mine = await begin();
    const other = await begin();
    // Another first letter, whatever that is.
    const forged = mine.cookie.replace(/=./, (first) => (first === "=X" ? "=Y" : "=X"));
    for (const cookie of ["", other.cookie, forged]) {
      const response = await submit({ page: mine.page, cookie }, { name: "owner", password: "x" });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("This sign-in is over");
    }
  });

  test("keeps its cookies from scripts, other sites and other instances", async () => {
    const { setCookie } = await begin();
    expect(setCookie.length).toBeGreaterThan(0);
    for (const cookie of setCookie) {
      expect(cookie).toMatch(new RegExp(`^outlet_${issuer.port}_`));
      expect(cookie).toMatch(/httponly/i);
      expect(cookie).toMatch(/samesite=lax/i);
      // Plain http: a browser would drop it on 127.0.0.1 otherwise.
      expect(cookie).not.toMatch(/; secure/i);
    }
  });

  test("refuses a form too large or of another type", async () => {
    const begun = await begin();
    const large = await submit(begun, { name: "owner", password: "x".repeat(9_000) });
    expect(large.status).toBe(400);
    const json = await fetch(begun.page, {
      method: "POST",
      headers: { cookie: begun.cookie, "content-type": "application/json" },
      body: JSON.stringify({ name: "owner", password: issuer.password("owner") }),
    });
    expect(json.status).toBe(400);
    expect(await json.text()).toContain("could not be read");
  });
});

describe("an error page", () => {
  test("names cause, code and next step", async () => {
    const response = await fetch(authorizationUrl(issuer, { client_id: "nobody" }));
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain("is not known to this Outlet");
    expect(html).toContain("<code>invalid_client</code>");
    expect(html).toContain(`href="http://localhost:${issuer.port}/"`);
  });
});

describe("without a password", () => {
  test("one is let in as whom the page offers, and as nobody else", async () => {
    await using open = await startIssuer({ openAs: "owner" });
    const start = await fetch(authorizationUrl(open), { redirect: "manual" });
    const cookie = start.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const page = new URL(start.headers.get("location") ?? "", open.url);
    expect(await (await show({ page, cookie })).text()).toContain("Open as owner");
    expect((await submit({ page, cookie }, { open: "admin" })).status).toBe(422);
    const answer = await submit({ page, cookie }, { open: "owner" });
    expect(answer.status).toBe(303);
  });

  test("nobody is let in where it is not offered", async () => {
    const begun = await begin();
    expect(await (await show(begun)).text()).not.toContain("Open as");
    expect((await submit(begun, { open: "owner" })).status).toBe(422);
  });
});
