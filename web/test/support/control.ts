import type { Page } from "playwright-core";
import type { Ready } from "./outlet.ts";

/** The control API, called as the user who is signed in on a page. */
export async function controlOf(page: Page, ready: Ready) {
  const token = await page.evaluate(() => {
    const name = Object.keys(sessionStorage).find((key) => key.startsWith("oidc.user:"));
    const user = JSON.parse(sessionStorage.getItem(name ?? "") ?? "{}") as {
      access_token?: string;
    };
    return user.access_token ?? "";
  });
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(ready.controlApiUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  };
}
