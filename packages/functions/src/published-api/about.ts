import * as Budget from "@outlet/core/publishing/budget";
import * as Key from "@outlet/core/publishing/key";
import { type Context, Hono } from "hono";
import { botOf } from "./bot.ts";
import type { PublishedApiDeps } from "./deps.ts";
import type { PublishedEnv } from "./identity.ts";
import { readPayers } from "./send.ts";
import { effectiveOf, periodOf, readLimits, usedOf } from "./limits.ts";

/** What a bot says of itself and of the calling key. */
export function aboutRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();

  app.get("/v1/key", async (c) => {
    const { botId, keyId, limits: text } = c.get("client");
    const key = await Key.fromId(deps.table, botId, keyId);
    const limits = readLimits(text);
    const now = deps.clock.now();
    const payers = readPayers(c.get("client").budgets);
    const budgets = await Promise.all(payers.map((payer) => Budget.report(deps, payer)));
    const { throttle, quota } = effectiveOf(limits);
    const used = limits.own?.quota
      ? await Key.usedOfQuota(deps, { botId, keyId }, limits.own.quota)
      : await usedOf(deps.quotaCounters, limits, keyId, now);
    return c.json({
      object: "key",
      id: keyId,
      label: key.label,
      created_at: toSeconds(key.createdAt),
      expires_at: toSeconds(key.validUntil),
      last_used_at: toSeconds(key.lastUsedAt),
      scopes: key.scopes,
      allowed_ips: key.allowedIps,
      allowed_origins: key.allowedOrigins,
      throttle: throttle && { burst: throttle.burstLimit, requests_per_second: throttle.rateLimit },
      quota: quota && {
        limit: quota.limit,
        period: quota.period.toLowerCase(),
        used: used ?? null,
        remaining: used === undefined ? null : Math.max(0, quota.limit - used),
        resets_at: toSeconds(periodOf(quota.period, now).to),
      },
      budgets: budgets.map(({ kind, limit, used: spent, remaining, resetsAt }) => ({
        of: kind,
        period: limit.period.toLowerCase(),
        limit: moneyAndRuns(limit),
        used: moneyAndRuns(spent),
        remaining: moneyAndRuns(remaining),
        resets_at: toSeconds(resetsAt),
      })),
    });
  });

  // Seldom asked for, and large: in a chunk of its own it is loaded late.
  app.get("/openapi.json", async (c) => {
    const { describeApi } = await import("./openapi/index.ts");
    const bot = await botOf(deps, c.get("client").botId);
    return c.json(describeApi(bot, endpointOf(c)));
  });

  app.get("/llms.txt", async (c) => {
    const { describeForModels } = await import("./openapi/index.ts");
    const bot = await botOf(deps, c.get("client").botId);
    const endpoint = endpointOf(c);
    return c.text(describeForModels(bot, endpoint));
  });

  return app;
}

const moneyAndRuns = (of: { spendMicroUsd: number | null; runs: number | null }) => ({
  micro_usd: of.spendMicroUsd,
  runs: of.runs,
});

const toSeconds = (epochMs: number | null): number | null =>
  epochMs === null ? null : Math.floor(epochMs / 1_000);

/**
 * The address that this bot is called at: what of the request's whole path stands before the path
 * that the function was given, which is the stage, or a custom domain's base path.
 */
function endpointOf(c: Context<PublishedEnv>): string {
  const { host, pathname } = new URL(c.req.url);
  const context = c.env.event?.requestContext;
  const whole = context?.path ?? pathname;
  const before = whole.endsWith(pathname) ? whole.slice(0, -pathname.length) : "";
  const protocol = c.req.header("x-forwarded-proto") ?? "https";
  return `${protocol}://${context?.domainName ?? host}${before}`;
}
