import { CookieJar } from "tough-cookie";

/** As much of a browser as a sign-in needs: cookies, and redirects one at a time. */
export interface Browser {
  /** Follows redirects until a page is reached, or an address that `stop` knows. */
  open(url: URL, stop: (url: URL) => boolean): Promise<Visit>;
  submit(action: URL, fields: Record<string, string>, stop: (url: URL) => boolean): Promise<Visit>;
}

export type Visit =
  | { kind: "stopped"; url: URL }
  | { kind: "page"; url: URL; status: number; html: string };

const redirectsMax = 10;

/** @param signal ends whatever is under way. */
export function createBrowser(signal: AbortSignal): Browser {
  const jar = new CookieJar();

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("accept", "text/html");
    const cookies = await jar.getCookieString(url.href);
    if (cookies) headers.set("cookie", cookies);
    const response = await fetch(url, { ...init, headers, redirect: "manual", signal });
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url.href);
    return response;
  }

  async function follow(
    first: URL,
    init: RequestInit,
    stop: (url: URL) => boolean,
  ): Promise<Visit> {
    let url = first;
    let response = await send(url, init);
    for (let redirects = 0; redirects < redirectsMax; redirects++) {
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || !location) {
        return { kind: "page", url, status: response.status, html: await response.text() };
      }
      await response.body?.cancel();
      url = new URL(location, url);
      if (stop(url)) return { kind: "stopped", url };
      response = await send(url, {});
    }
    await response.body?.cancel();
    throw new Error(`${first.origin}${first.pathname} redirected more than ${redirectsMax} times`);
  }

  return {
    open: (url, stop) => follow(url, {}, stop),
    submit: (action, fields, stop) =>
      follow(action, { method: "POST", body: new URLSearchParams(fields) }, stop),
  };
}
