import type { Browser, Page } from "playwright-core";
import { type AdminStage, setAdminStage } from "./admin-stage.ts";
import { openTab, signIn, type Tab } from "./browser.ts";
import { controlOf } from "./control.ts";
import type { Ready } from "./outlet.ts";

export interface Stage extends Tab {
  /** Published, with a key and a request that was answered. */
  full: string;
  runId: string;
  keyId: string;
  /** Just created: nothing in it. */
  bare: string;
  /** In a browser of his own. */
  admin: AdminStage;
}

/**
 * The owner, signed in, with one bot that has everything and one that has nothing; and beside them
 * the administrator.
 */
export async function setStage(
  browser: Browser,
  ready: Ready,
  options: Parameters<typeof openTab>[1] = {},
): Promise<Stage> {
  const tab = await openTab(browser, options);
  await signIn(tab.page, ready, "owner");
  const control = await controlOf(tab.page, ready);
  const { botId, endpoint, apiKey } = ready.sampleBot;
  const sent = await fetch(`${endpoint}/conversation`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json", prefer: "wait=20" },
    body: JSON.stringify({
      message: { content: [{ contentType: "text", body: "What is Outlet?" }] },
    }),
  });
  if (!sent.ok) throw new Error(`The sample bot answered ${sent.status}.`);
  const { runs } = await control<{ runs: { runId: string; keyId: string }[] }>(
    "GET",
    `/bots/${botId}/publication/runs`,
  );
  const bare = await control<{ botId: string }>("POST", "/bots", {
    title: "Bare bot",
    description: "Made to see pages that are still empty.",
  });
  const admin = await setAdminStage(browser, ready, control, options);
  return {
    ...tab,
    full: botId,
    runId: runs[0]?.runId ?? "",
    keyId: runs[0]?.keyId ?? "",
    bare: bare.botId,
    admin,
  };
}

export interface View {
  name: string;
  path: string;
  /** Text that is there once the page is. */
  shows: string;
  /** The owner sees it where nobody is named. */
  who?: "admin";
}

export const pageOf = (stage: Pick<Stage, "page" | "admin">, { who }: View): Page =>
  who === "admin" ? stage.admin.page : stage.page;

const who = "admin" as const;

export const views = (stage: Pick<Stage, "full" | "bare" | "runId" | "keyId">): View[] => {
  const { full, bare, runId, keyId } = stage;
  return [
    { who, name: "admin-bots", path: "?of=anyone", shows: "Bots of others" },
    { who, name: "admin-acting", path: `bots/${full}/keys`, shows: "You act as administrator" },
    { who, name: "admin-apis", path: "admin", shows: "Quiet hotline" },
    { who, name: "admin-apis-none", path: "admin?text=nowhere", shows: "Nothing fits" },
    { who, name: "admin-usage", path: "admin/usage", shows: "Into cache" },
    { who, name: "admin-usage-key", path: "admin/usage?by=key&range=24h", shows: "Website" },
    { who, name: "admin-usage-day", path: "admin/usage?by=day", shows: "Tokens over time" },
    { who, name: "admin-costs", path: "admin/costs", shows: "Idle APIs" },
    { who, name: "admin-patterns", path: "admin/patterns", shows: "Over the quota" },
    { who, name: "admin-audit", path: "admin/audit", shows: "as administrator, for" },
    { who, name: "admin-audit-none", path: "admin/audit?actor=nobody", shows: "Nothing fits" },
    { name: "admin-refused", path: "admin/costs", shows: "This is for administrators" },
    { name: "bots", path: "", shows: "Your bots" },
    { name: "editor", path: `bots/${full}`, shows: "README.md" },
    { name: "publish", path: `bots/${full}/publish`, shows: "Unpublish this bot" },
    { name: "keys", path: `bots/${full}/keys`, shows: "Sample key" },
    { name: "connect", path: `bots/${full}/connect`, shows: "Call it from your program" },
    { name: "metrics", path: `bots/${full}/metrics`, shows: "Requests by answer" },
    { name: "metrics-of-key", path: `bots/${full}/metrics?key=${keyId}`, shows: "let through" },
    {
      name: "metrics-empty",
      path: `bots/${full}/metrics?from=2026-01-01T00:00Z&to=2026-01-02T00:00Z`,
      shows: "No requests in this time",
    },
    { name: "metrics-unpublished", path: `bots/${bare}/metrics`, shows: "is not published" },
    { name: "requests", path: `bots/${full}/requests`, shows: "Completed" },
    { name: "request", path: `bots/${full}/requests/${runId}`, shows: "Timing" },
    { name: "reference", path: `bots/${full}/reference`, shows: "Routes of this endpoint" },
    { name: "editor-empty", path: `bots/${bare}`, shows: "No sources yet" },
    { name: "publish-unmet", path: `bots/${bare}/publish`, shows: "Before you publish" },
    { name: "keys-unpublished", path: `bots/${bare}/keys`, shows: "The bot is not published" },
    { name: "requests-empty", path: `bots/${bare}/requests`, shows: "No requests yet" },
    { name: "design", path: "design", shows: "Every component" },
    { name: "not-found", path: `bots/${full}/nowhere`, shows: "There is no such page" },
  ];
};
