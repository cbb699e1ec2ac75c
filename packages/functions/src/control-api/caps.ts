import * as Bot from "@outlet/core/bots/bot";
import * as Person from "@outlet/core/bots/person";
import * as Key from "@outlet/core/publishing/key";
import * as Publication from "@outlet/core/publishing/publication";
import type { ControlApiDeps } from "./deps.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock" | "ids" | "limits">;

/**
 * Makes one more bot, key or publication, where its owner may have another.
 * @param except the bot that is published, which is not counted itself.
 * @throws ProblemError `limit_reached`
 */
export function capped<T>(
  deps: Deps,
  {
    of,
    owner,
    place = owner,
    except,
  }: { of: keyof typeof counts; owner: string; place?: string; except?: string },
  make: () => Promise<T>,
): Promise<T> {
  const most = deps.limits.caps[of];
  return Person.makeWithin(
    deps,
    { of, place, most },
    (enough) => counts[of](deps, place, enough, except),
    make,
  );
}

const counts = {
  bots: async ({ table }: Deps, ownerId: string, enough: number) =>
    (await botsOf(table, ownerId, enough)).length,
  keys: async ({ table }: Deps, botId: string) =>
    (await Key.listAll(table, botId)).filter(({ purpose }) => purpose === "client").length,
  publications: async ({ table }: Deps, ownerId: string, _enough: number, except?: string) => {
    const bots = await botsOf(table, ownerId, Number.POSITIVE_INFINITY);
    let published = 0;
    for (const { botId } of bots) {
      if (botId === except) continue;
      if (Publication.exists(await Publication.fromBot(table, botId))) published += 1;
    }
    return published;
  },
};

async function botsOf(table: Deps["table"], ownerId: string, enough: number): Promise<Bot.Info[]> {
  const bots: Bot.Info[] = [];
  let cursor: string | undefined;
  do {
    const page = await Bot.listOwned(table, ownerId, { limit: 100, cursor });
    bots.push(...page.bots);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined && bots.length < enough);
  return bots;
}
