import * as Bot from "@outlet/core/bots/bot";
import * as Owner from "@outlet/core/bots/owner";
import * as Publication from "@outlet/core/publishing/publication";
import * as UsageReport from "@outlet/core/observability/usage-report";
import type { ControlApiDeps } from "../deps.ts";

type Deps = Pick<ControlApiDeps, "table">;

export interface Filter {
  status?: Publication.Status | undefined;
  /** User id or name. */
  owner?: string | undefined;
  /** Part of the title, the bot's id or that of its REST API. */
  text?: string | undefined;
}

/** A publication with what people call its bot and its owner. */
export interface Named {
  publication: Publication.Info;
  title: string | null;
  /** Whether the bot is there no more. */
  deleted: boolean;
  ownerName: string | null;
}

/** No page reads more than so many publications to find those asked for. */
const readMax = 500;

/** Publications that fit. A page may hold fewer than asked for, and yet have a cursor. */
export async function find(
  deps: Deps,
  filter: Filter,
  paging: { limit: number; cursor?: string | undefined },
): Promise<{ publications: Named[]; cursor: string | null }> {
  const found: Named[] = [];
  let { cursor } = paging;
  for (let read = 0; read < readMax; ) {
    // One more than is missing is not read: what is read is shown or passed over for good.
    const limit = paging.limit - found.length;
    const page = await Publication.list(deps.table, { limit, cursor });
    read += page.publications.length;
    const byState = page.publications.filter(
      ({ status }) => filter.status === undefined || status === filter.status,
    );
    found.push(...(await named(deps, byState)).filter((one) => fits(one, filter)));
    if (page.cursor === null) return { publications: found, cursor: null };
    cursor = page.cursor;
    if (found.length >= paging.limit) break;
  }
  return { publications: found, cursor: cursor ?? null };
}

function fits({ publication, title, ownerName }: Named, { owner, text }: Filter): boolean {
  const { botId, ownerId, stack } = publication;
  const has = (value: string | null) =>
    value !== null && value.toLowerCase().includes((text ?? "").toLowerCase());
  return (
    (owner === undefined ||
      owner === ownerId ||
      owner.toLowerCase() === ownerName?.toLowerCase()) &&
    (text === undefined || has(title) || has(botId) || has(Object.values(stack ?? {}).join(" ")))
  );
}

/** Says of each what people call its bot and its owner. */
export async function named(
  { table }: Deps,
  publications: readonly Publication.Info[],
): Promise<Named[]> {
  const [bots, owners] = await Promise.all([
    UsageReport.mapLimited(publications, 16, ({ botId }) => Bot.fromId(table, botId)),
    Owner.namesOf(
      table,
      publications.map(({ ownerId }) => ownerId),
    ),
  ]);
  return publications.map((publication, i) => ({
    publication,
    title: bots[i]?.title ?? publication.title,
    deleted: bots[i] === undefined,
    ownerName: owners.get(publication.ownerId) ?? null,
  }));
}
