import * as Key from "@outlet/core/publishing/key";
import * as Owner from "@outlet/core/bots/owner";
import * as Publication from "@outlet/core/publishing/publication";
import * as UsageReport from "@outlet/core/observability/usage-report";
import { named } from "./publications.ts";
import type { ControlApiDeps } from "../deps.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock">;

export type By = "bot" | "owner" | "model" | "key" | "hour" | "day";

/** What a group is of, in words; `null` where that is not known, or a group is of no bot. */
export interface Named {
  botId: string | null;
  title: string | null;
  ownerId: string | null;
  ownerName: string | null;
  /** A key's; of those that are gone nothing is known but their id. */
  label: string | null;
}

export interface AdminGroup extends UsageReport.Group, Named {}

/**
 * Usage of all bots there are or were, summed up.
 * @param also groups that are told of even where nothing was used.
 */
export async function reportAll(
  deps: Deps,
  range: UsageReport.Range,
  by: By,
  also: (publications: readonly Publication.Info[]) => Promise<string[]> = async () => [],
): Promise<{ total: UsageReport.Sum; groups: AdminGroup[]; publications: Publication.Info[] }> {
  const publications = await Publication.listEvery(deps.table);
  const naming = createNaming(deps, publications, by);
  const [{ total, groups: used }, known] = await Promise.all([
    UsageReport.queryAll(
      deps,
      publications.map(({ botId }) => botId),
      range,
      naming.groupOf,
      { byHour: by === "hour" },
    ),
    also(publications),
  ]);
  const seen = new Set(used.map(({ group }) => group));
  const unused = known.filter((group) => !seen.has(group)).sort();
  const groups = [...used, ...unused.map((group) => ({ group, ...UsageReport.nothing }))];
  const nameOf = await naming.names(groups.map(({ group }) => group));
  return { total, publications, groups: groups.map((one) => ({ ...one, ...nameOf(one.group) })) };
}

type Row = Parameters<Parameters<typeof UsageReport.queryAll>[3]>[0];

/** Tells which group a row is of, remembers whose it is, and afterwards what people call it. */
export function createNaming(deps: Deps, publications: readonly Publication.Info[], by: By) {
  const publicationOf = new Map(publications.map((one) => [one.botId, one]));
  const botOf = new Map<string, string>();
  const groupOf = ({ botId, keyId, model, at }: Row): string => {
    switch (by) {
      case "bot":
        return botId;
      case "owner":
        return publicationOf.get(botId)?.ownerId ?? "";
      case "model":
        return model;
      case "key":
        botOf.set(keyId, botId);
        return keyId;
      case "hour":
      case "day":
        return beginOf(at, by);
    }
  };
  const names = async (groups: readonly string[]): Promise<(group: string) => Named> => {
    const botIdOf = (group: string) => (by === "bot" ? group : (botOf.get(group) ?? null));
    const botIds = new Set(groups.map(botIdOf));
    const bots = await named(
      deps,
      publications.filter(({ botId }) => botIds.has(botId)),
    );
    const botNames = new Map(bots.map((bot) => [bot.publication.botId, bot]));
    const owners = await Owner.namesOf(deps.table, by === "owner" ? groups : []);
    const labels = by === "key" ? await labelsOf(deps, [...botNames.keys()]) : new Map();
    return (group) => {
      const botId = botIdOf(group);
      const bot = botId === null ? undefined : botNames.get(botId);
      return {
        botId,
        title: bot?.title ?? null,
        ownerId: by === "owner" ? group : (bot?.publication.ownerId ?? null),
        ownerName: by === "owner" ? (owners.get(group) ?? null) : (bot?.ownerName ?? null),
        label: labels.get(group) ?? null,
      };
    };
  };
  return { groupOf, names };
}

/** Where the hour or the day, in UTC, of a time begins. */
export const beginOf = (at: number, period: "hour" | "day"): string =>
  `${new Date(at).toISOString().slice(0, period === "hour" ? 13 : 10)}${period === "hour" ? "" : "T00"}:00:00.000Z`;

async function labelsOf({ table }: Deps, botIds: readonly string[]): Promise<Map<string, string>> {
  const labels = await UsageReport.mapLimited(botIds, 8, (botId) => Key.labelsOf(table, botId));
  return new Map(labels.flatMap((of) => [...of]));
}
