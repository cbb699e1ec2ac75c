import type { IncomingMessage } from "node:http";
import type { Log } from "@outlet/core/ports";
import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import { errorPage, sendPage, signInPage } from "./pages.ts";
import type { PasswordGuard } from "./password-guard.ts";
import type { DemoUser } from "./users.ts";
import { Text } from "@outlet/core/foundation/text";

export interface InteractionOptions {
  provider: Provider;
  guard: PasswordGuard;
  log: Log;
  /** The issuer's path: "/oidc", or "" where it is at the root. */
  prefix: string;
  home: string;
  /** Who may be signed in as without a password. */
  openAs?: DemoUser | undefined;
}

type Context = KoaContextWithOIDC;
type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

const formBytesMax = 8 * 1024;

/**
 * Serves `/interaction/{uid}`: where the provider sends a browser that has to sign in first. The
 * interaction's cookie is signed, bound to this path and same-site, so no other site can submit
 * the form in the visitor's name.
 */
export function interactionRoutes(options: InteractionOptions) {
  return async function interaction(ctx: Context, next: () => Promise<void>): Promise<void> {
    const uid = /^\/interaction\/([\w-]+)$/.exec(ctx.path)?.[1];
    if (!uid || !["GET", "HEAD", "POST"].includes(ctx.method)) return next();
    const details = await findInteraction(options.provider, ctx, uid);
    if (!details) return sendExpired(ctx, options.home);
    if (details.prompt.name !== "login") {
      // Both clients are ours: what they ask for is granted with the sign-in (see `grants.ts`).
      return finish(options.provider, ctx, { consent: {} });
    }
    if (ctx.method === "POST") return submit(options, ctx, details);
    await show(options, ctx, details, 200, { name: hintOf(details) });
  };
}

async function findInteraction(provider: Provider, ctx: Context, uid: string) {
  try {
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    return details.uid === uid ? details : undefined;
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  }
}

async function submit(options: InteractionOptions, ctx: Context, details: Interaction) {
  const form = await readForm(ctx.req);
  if (!form) {
    const error = "The form could not be read. Enter name and password again.";
    return show(options, ctx, details, 400, { name: "", error });
  }
  if (options.openAs && form.get("open") === options.openAs.name) {
    return finish(options.provider, ctx, { login: { accountId: options.openAs.sub } });
  }
  const name = (form.get("name") ?? "").trim();
  const check = options.guard.check(name, form.get("password") ?? "");
  if (check.outcome === "right") {
    return finish(options.provider, ctx, { login: { accountId: check.user.sub, amr: ["pwd"] } });
  }
  if (check.outcome === "wait") {
    options.log.warn("sign-in refused: too many wrong passwords");
    ctx.set("retry-after", String(check.seconds));
    const error = `Too many wrong passwords. Wait ${check.seconds} s, then try again.`;
    return show(options, ctx, details, 429, { name, error });
  }
  options.log.info("sign-in refused: wrong name or password");
  const error = "Name and password do not match. Try again, or copy the password from ready.json.";
  return show(options, ctx, details, 422, { name, error });
}

async function finish(provider: Provider, ctx: Context, result: Record<string, unknown>) {
  // 303: the browser follows with GET and leaves the password behind.
  const returnTo = await provider.interactionResult(ctx.req, ctx.res, result);
  ctx.status = 303;
  ctx.redirect(returnTo);
}

async function show(
  { provider, prefix, openAs }: InteractionOptions,
  ctx: Context,
  details: Interaction,
  status: number,
  fields: { name: string; error?: string },
) {
  const client = await provider.Client.find(String(details.params["client_id"]));
  const page = await signInPage({
    action: `${prefix}/interaction/${details.uid}`,
    application: client?.clientName ?? "the application",
    openAs: openAs?.name,
    ...fields,
  });
  sendPage(ctx, status, page, [new URL(String(details.params["redirect_uri"])).origin]);
}

function hintOf(details: Interaction): string {
  const hint = details.params["login_hint"];
  return typeof hint === "string" ? Text.cut(hint, 100) : "";
}

async function sendExpired(ctx: Context, home: string) {
  const page = await errorPage({
    title: "This sign-in is over",
    cause: "It was finished already, took too long, or began in another browser.",
    code: "session_not_found",
    home,
  });
  sendPage(ctx, 400, page);
}

async function readForm(req: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(req.headers["content-type"] ?? "")) {
    return undefined;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > formBytesMax) return undefined;
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
