/**
 * Brings the stacks of publications to the template of the version that runs, one at a time. Which
 * one is next is decided here; the deployer carries it out, as it does an owner's act.
 */
export * as Upgrade from "./index.ts";

import type { Id } from "../../foundation/id/index.ts";
import {
  absent,
  type Clock,
  equals,
  type Log,
  type Provisioner,
  type Queue,
  type Table,
} from "../../ports/index.ts";
import * as Publication from "../publication/index.ts";
import * as Layout from "../../store/layout/index.ts";

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  deployQueue: Queue;
  provisioner: Pick<Provisioner, "templateVersion">;
  /** Only what lives here is upgraded from here. */
  cell: string;
  /** Whether new ones are begun. What is under way is finished all the same. */
  templateUpgrades: boolean;
  policy: {
    /** Longer than any process that took the slot can live. */
    deployLeaseMs: number;
    /** One that failed is let alone for so long, unless there is another template. */
    upgradeRetryMs: number;
    /** How often all publications are looked through, where nothing is known to be left. */
    upgradeRelistMs: number;
  };
  log: Log;
}

/** `none` without a stack. */
export type State = "none" | "current" | "pending" | "in_progress" | "failed";

/** How a publication stands to the template that stacks are made from now. */
export function stateOf(publication: Publication.Info, current: string): State {
  if (publication.upgrade?.state === "in_progress") return "in_progress";
  if (!Publication.isLive(publication)) return "none";
  if (publication.templateVersion === current) return "current";
  return publication.upgrade?.version === current ? "failed" : "pending";
}

/** Asks the deployer to see whether anything is to be upgraded. */
export async function ring({ deployQueue }: Pick<Deps, "deployQueue">): Promise<void> {
  await deployQueue.send(JSON.stringify({ upgrades: true }), { group: "upgrades" });
}

/**
 * Begins the next upgrade and rings for it, where none is under way and no owner waits. Called again
 * and again, it does nothing most of the time.
 */
export async function next(deps: Deps): Promise<void> {
  const round = await readRound(deps);
  if (await isTaken(deps, round)) return;
  const version = deps.provisioner.templateVersion;
  const now = deps.clock.now();
  if (!deps.templateUpgrades || (round.version === version && now < round.relistAt)) return;
  // The control plane takes one act in seconds: an owner who waits goes first.
  if (await ownersWait(deps)) return;
  for (const { botId } of await Publication.listEvery(deps.table)) {
    const publication = await Publication.fromBot(deps.table, botId);
    if (publication && isNext(deps, publication)) return begin(deps, round, publication);
  }
  const relistAt = now + deps.policy.upgradeRelistMs;
  await deps.table.update(roundKey(deps), { set: { version, relistAt } });
}

/** An act that takes longer than this is stuck, and holds nobody up. */
const ownersPatienceMs = 30 * 60_000;

/** Whether an owner's act is under way or waits for its turn. */
export async function ownersWait({ table, clock }: Pick<Deps, "table" | "clock">) {
  const since = clock.now() - ownersPatienceMs;
  const inFlight = await Publication.listInFlight(table);
  return inFlight.some(({ operation }) => operation !== null && operation.startedAt > since);
}

/** Lets the next one begin. */
export async function release(
  { table }: Pick<Deps, "table">,
  { cell, upgrade }: Publication.Info,
): Promise<void> {
  if (!upgrade) return;
  const change = { remove: ["upgradeId", "botId", "until"] };
  await table.update(roundKey({ cell }), change, equals("upgradeId", upgrade.upgradeId));
}

async function begin(deps: Deps, round: Round, publication: Publication.Info): Promise<void> {
  const { botId } = publication;
  const upgradeId = deps.ids.ulid();
  const now = deps.clock.now();
  const free = round.upgradeId ? equals("upgradeId", round.upgradeId) : absent("upgradeId");
  const set = { upgradeId, botId, until: now + deps.policy.deployLeaseMs };
  if (!(await deps.table.update(roundKey(deps), { set }, free))) return;
  const { templateVersion: version } = deps.provisioner;
  const upgrade = {
    upgradeId,
    version,
    state: "in_progress" as const,
    startedAt: now,
    failure: null,
  };
  if (await Publication.amend(deps, publication, { upgrade })) {
    deps.log.info("upgrading the template", { botId, from: publication.templateVersion, version });
    await Publication.ring(deps, botId);
  } else {
    // Its owner has just acted on it.
    await release(deps, { ...publication, upgrade });
    await ring(deps);
  }
}

/** Live, at rest, of an older template, and not one that has just failed. */
function isNext(deps: Deps, publication: Publication.Info): boolean {
  const { status, operation, upgrade, cell } = publication;
  const current = deps.provisioner.templateVersion;
  if (cell !== deps.cell || operation || (status !== "published" && status !== "paused")) {
    return false;
  }
  switch (stateOf(publication, current)) {
    case "pending":
      return true;
    case "failed":
      return deps.clock.now() >= (upgrade?.failure?.at ?? 0) + deps.policy.upgradeRetryMs;
    default:
      return false;
  }
}

interface Round {
  /** Of the template that everything was found to be made from. */
  version: string;
  relistAt: number;
  /** The one under way. */
  upgradeId: string | undefined;
  botId: string;
  /** Until then whoever took the slot may still be about to begin. */
  until: number;
}

async function isTaken(deps: Deps, { upgradeId, botId, until }: Round): Promise<boolean> {
  if (!upgradeId) return false;
  const publication = await Publication.fromBot(deps.table, botId);
  const { upgrade } = publication ?? {};
  const underWay = upgrade?.upgradeId === upgradeId && upgrade.state === "in_progress";
  return underWay || deps.clock.now() < until;
}

const roundKey = ({ cell }: Pick<Deps, "cell">) => Layout.upgradeRound(cell);

async function readRound(deps: Deps): Promise<Round> {
  const item = await deps.table.get(roundKey(deps));
  const text = (name: string) => (typeof item?.[name] === "string" ? item[name] : undefined);
  const number = (name: string) => (typeof item?.[name] === "number" ? item[name] : 0);
  return {
    version: text("version") ?? "",
    relistAt: number("relistAt"),
    upgradeId: text("upgradeId"),
    botId: text("botId") ?? "",
    until: number("until"),
  };
}
