import type { Browser } from "playwright-core";
import { openTab, signIn, type Tab } from "./browser.ts";
import { controlOf } from "./control.ts";
import type { Ready } from "./outlet.ts";

type Control = Awaited<ReturnType<typeof controlOf>>;

export interface AdminStage extends Tab {
  /** An API of the owner's that is over its quota. */
  busy: string;
  /** One that was paused and that nobody ever called. */
  quiet: string;
}

/**
 * The administrator, signed in, among what the owner has published: an API that is called, and
 * refuses; one that nobody calls; acts that were done, refused, and done by another than the owner.
 */
export async function setAdminStage(
  browser: Browser,
  ready: Ready,
  owner: Control,
  options: Parameters<typeof openTab>[1] = {},
): Promise<AdminStage> {
  const busy = await publish(owner, "Travel desk", { quota: { limit: 2, period: "DAY" } });
  const quiet = await publish(owner, "Quiet hotline", { throttle: null, quota: null });
  await owner("POST", `/bots/${quiet.botId}/publication/pause`);
  const key = await owner<{ value: string }>("POST", `/bots/${busy.botId}/publication/keys`, {
    label: "Website",
  });
  for (const text of ["Which train?", "Which hotel?", "And the weather?"]) {
    await call(busy.endpoint, key.value, text);
  }
  await call(busy.endpoint, "outlet_nonsense", "Let me in?");
  await owner("DELETE", `/bots/${busy.botId}/publication`, { title: "Mistyped" }).catch(() => null);
  const tab = await openTab(browser, options);
  await signIn(tab.page, ready, "admin");
  const admin = await controlOf(tab.page, ready);
  await admin("PATCH", `/bots/${busy.botId}`, { instruction: "Answer briefly.\nName the source." });
  return { ...tab, busy: busy.botId, quiet: quiet.botId };
}

export async function publish(
  control: Control,
  title: string,
  settings: object,
): Promise<{ botId: string; endpoint: string }> {
  const model = "priced-demo";
  const { botId } = await control<{ botId: string }>("POST", "/bots", { title, model });
  await control("PUT", `/bots/${botId}/sharing`, { scope: "all" });
  const path = `/bots/${botId}/publication`;
  await control("POST", path, settings);
  for (;;) {
    const { status, endpoint } = await control<{ status: string; endpoint: string }>("GET", path);
    if (status === "published") return { botId, endpoint };
    if (status === "failed") throw new Error(`${title} was not published.`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Whatever the endpoint says: a refusal is what some of them are for. */
export const call = (endpoint: string, key: string, text: string): Promise<Response> =>
  fetch(`${endpoint}/conversation`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json", prefer: "wait=20" },
    body: JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } }),
  });
