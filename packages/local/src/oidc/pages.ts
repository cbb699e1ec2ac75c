import { html, raw } from "hono/html";
import { style, styleSource } from "./page-style.ts";

/** What of Koa's context a page needs. */
interface PageContext {
  status: number;
  type: string;
  body: unknown;
  set(headers: Record<string, string>): void;
}

/**
 * Answers with a page that runs no script, loads nothing and sits in no frame.
 *
 * @param formTargets origins that a form's answer may redirect to: browsers hold the whole chain of
 * redirects after a submission against `form-action`.
 */
export function sendPage(
  ctx: PageContext,
  status: number,
  page: string,
  formTargets: string[] = [],
) {
  ctx.status = status;
  ctx.type = "html";
  ctx.set({
    "cache-control": "no-store",
    "content-security-policy":
      `default-src 'none'; style-src ${styleSource}; img-src data:; base-uri 'none'; ` +
      `frame-ancestors 'none'; form-action ${["'self'", ...formTargets].join(" ")}`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  ctx.body = page;
}

async function layout(title: string, content: unknown): Promise<string> {
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Outlet</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<main>
<p class="brand">Outlet</p>
${content}
</main>
</body>
</html>
`;
  return page.toString();
}

export interface SignInPage {
  /** Where the form goes. */
  action: string;
  application: string;
  /** What to show in the name field. */
  name: string;
  /** What went wrong last time and what to do now. */
  error?: string;
  /** Whom one may be without a password: this machine is theirs. */
  openAs?: string | undefined;
}

export function signInPage({
  action,
  application,
  name,
  error,
  openAs,
}: SignInPage): Promise<string> {
  const invalid = error ? html` aria-invalid="true" aria-describedby="error"` : "";
  // Who came back with an error, or has a name filled in, goes on at the password.
  const focusName = name === "" ? html` autofocus` : "";
  const focusPassword = name === "" ? "" : html` autofocus`;
  return layout(
    error ? "Error: Sign in" : "Sign in",
    html`<h1>Sign in</h1>
<p>to go on to ${application}</p>
${error ? html`<p class="alert" id="error" role="alert">${error}</p>` : ""}
<form method="post" action="${action}">
<div>
<label for="name">Name</label>
<input id="name" name="name" value="${name}" type="text" required maxlength="100" autocomplete="username" autocapitalize="none" spellcheck="false"${invalid}${focusName}>
</div>
<div>
<label for="password">Password</label>
<input id="password" name="password" type="password" required maxlength="200" autocomplete="current-password"${invalid}${focusPassword}>
</div>
<button type="submit">Sign in</button>
</form>
${openAs === undefined ? "" : openForm(action, openAs)}
<p class="hint">The demo users are <code>owner</code>, <code>user</code> and <code>admin</code>. Their passwords were printed when Outlet started and are kept in <code>ready.json</code> in its data folder.</p>`,
  );
}

const openForm = (action: string, name: string) => html`<form method="post" action="${action}">
<input type="hidden" name="open" value="${name}">
<button type="submit" class="quiet">Open as ${name}</button>
</form>`;

/** @param form made by the provider: it carries the token that keeps other sites from submitting it. */
export function signOutPage(form: string): Promise<string> {
  return layout(
    "Sign out",
    html`<h1>Sign out of Outlet?</h1>
<p>You will have to enter your password to come back.</p>
${raw(form)}
<div class="actions">
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button type="submit" form="op.logoutForm" class="quiet">Stay signed in</button>
</div>`,
  );
}

export function signedOutPage(home: string): Promise<string> {
  return layout(
    "Signed out",
    html`<h1>You are signed out</h1>
<p><a href="${home}">Go to the console</a> to sign in again.</p>`,
  );
}

export interface ErrorPage {
  title: string;
  /** What is wrong, in one sentence. */
  cause: string;
  /** For whoever looks into it: the OAuth error code. */
  code: string;
  home: string;
}

export function errorPage({ title, cause, code, home }: ErrorPage): Promise<string> {
  return layout(
    title,
    html`<h1>${title}</h1>
<p class="alert" role="alert">${cause}</p>
<p>Go back to the application and begin again, or <a href="${home}">open the console</a>.</p>
<p class="hint">Code: <code>${code}</code></p>`,
  );
}
