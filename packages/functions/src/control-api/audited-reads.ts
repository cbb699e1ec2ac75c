import * as Bot from "@outlet/core/bots/bot";
import * as Text from "@outlet/core/foundation/text";
import * as Audit from "@outlet/core/records/audit";
import * as Layout from "@outlet/core/store/layout";
import type { Context, MiddlewareHandler } from "hono";
import type { ControlApiDeps, ControlEnv } from "./deps.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock" | "ids">;

/** What was noted lately: keys of it, the oldest first. */
class Noted {
  readonly #at = new Map<string, number>();
  readonly #forMs: number;
  constructor(forMs: number) {
    this.#forMs = forMs;
  }
  has(key: string, now: number): boolean {
    return (this.#at.get(key) ?? Number.NEGATIVE_INFINITY) > now - this.#forMs;
  }
  add(key: string, now: number): void {
    this.#at.delete(key);
    this.#at.set(key, now);
    const [oldest] = this.#at.keys();
    if (this.#at.size > notedMax && oldest !== undefined) this.#at.delete(oldest);
  }
}
const notedMax = 10_000;
/** A page that asks again and again is one look. */
const lookMs = 600_000;

async function note(
  deps: Deps,
  caller: ControlEnv["Variables"]["caller"],
  act: Parameters<typeof Audit.begin>[2],
): Promise<void> {
  await Audit.end(deps, await Audit.begin(deps, caller, act), { outcome: "done" });
}

/** Marks the middleware of a route whose reading by administrators is written down. */
export const auditedRead = Symbol("audited read");

/**
 * Writes down that an administrator reads what is another's, before it is shown; once in ten minutes
 * for the same thing.
 */
export function reading(deps: Deps, action: Audit.Action): MiddlewareHandler<ControlEnv> {
  const noted = new Noted(lookMs);
  async function noteReading(c: Context<ControlEnv>, next: () => Promise<void>) {
    const caller = c.get("caller");
    const botId = Text.cut(c.req.param("botId") ?? "", 100);
    const bot = caller.isAdmin ? await Bot.fromId(deps.table, botId) : undefined;
    if (bot && bot.ownerId !== caller.userId) {
      const one = c.req.param("runId") ?? c.req.param("sourceId") ?? c.req.param("toolId") ?? null;
      const targetId = one && Text.cut(one, 100);
      const key = JSON.stringify([caller.userId, botId, targetId]);
      if (!noted.has(key, deps.clock.now())) {
        await note(deps, caller, { action, botId, targetId, ownerId: bot.ownerId });
        noted.add(key, deps.clock.now());
      }
    }
    await next();
  }
  return Object.assign(noteReading, { [auditedRead]: action });
}

const sessionMs = 31 * 86_400_000;

/** Writes down each signing-in, when the first request comes of it. */
export function signingIn(deps: Deps): MiddlewareHandler<ControlEnv> {
  const noted = new Noted(sessionMs);
  return async function noteSession(c, next) {
    const caller = c.get("caller");
    const key = JSON.stringify([caller.userId, caller.session]);
    if (!noted.has(key, deps.clock.now())) {
      const mark = Layout.session(caller.userId, caller.session);
      if (!(await deps.table.get(mark))) {
        await note(deps, caller, { action: "session.begin", botId: null, targetId: null });
        // Last: rather twice in the log than not at all.
        const expiresAt = Layout.expiryAfter(deps.clock, sessionMs / 1_000);
        await deps.table.put({ ...mark, expiresAt });
      }
      noted.add(key, deps.clock.now());
    }
    await next();
  };
}
