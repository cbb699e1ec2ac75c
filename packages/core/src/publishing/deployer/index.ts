/**
 * Carries out the acts that {@link Publication} accepted. Each call goes on from what is stored and
 * what exists, and every step can be repeated, so a crash anywhere is mended by the next call.
 */
export * as Deployer from "./index.ts";

import * as Keyring from "../keyring/index.ts";
import * as Publication from "../publication/index.ts";
import * as Webhook from "../webhook/index.ts";
import { type Deps, done, type Outcome, specOf, wait } from "./act.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Lease from "../../store/lease/index.ts";
import { confirm, probe } from "./probe.ts";
import { madeFrom, noteOvertaken, upgrade } from "./upgrade.ts";

export type { Deps, Outcome, ProbeResult } from "./act.ts";

/** One look at a bot's publication. Its answer says whether and when there has to be another. */
export async function advance(deps: Deps, botId: string): Promise<Outcome> {
  const { deployLeaseMs } = deps.policy;
  const lease = Layout.deployerLease(botId);
  const outcome = await Lease.alone(deps, lease, deployLeaseMs, () => look(deps, botId));
  if (outcome) return outcome;
  // Somebody is at it, who may have read what has changed since: a look after they have ended.
  const soon = Math.max(deps.policy.pollSeconds, Math.round(deployLeaseMs / 10_000));
  return { done: false, againInSeconds: soon };
}

async function look(deps: Deps, botId: string): Promise<Outcome> {
  const publication = await Publication.fromBot(deps.table, botId);
  if (!publication) return done;
  if (!publication.operation) {
    if (Publication.isUnconfirmed(publication)) await confirm(deps, publication);
    if (publication.upgrade?.state !== "in_progress") return done;
    return upgrade(deps, publication, publication.upgrade);
  }
  await noteOvertaken(deps, publication);
  switch (publication.status) {
    case "publishing":
      return publication.failure ? cleanUp(deps, publication) : publish(deps, publication);
    case "updating":
      return update(deps, publication);
    case "unpublishing":
      return unpublish(deps, publication);
    default:
      return done;
  }
}

async function publish(deps: Deps, publication: Publication.Info): Promise<Outcome> {
  const { stackName } = publication;
  await deps.provisioner.deploy(await specOf(deps, publication), tokenOf(publication, "deploy"));
  const status = await deps.provisioner.status(stackName);
  if (status.state === "failed") {
    return fail(deps, publication, status.reason ?? "The stack could not be created.");
  }
  if (status.state !== "deployed" || !status.outputs)
    return wait(deps, publication, status.progress);
  const verified = await probe(deps, publication, status.outputs.endpoint);
  if (verified.result === "not_yet") {
    // It stands, and clients may be quicker than we: it is looked at again later.
    deps.log.warn("published, not confirmed", { botId: publication.botId });
  }
  return finish(deps, publication, {
    ...madeFrom(status),
    ownAddress: !status.outputs.stableEndpoint,
    verified,
    status: "published",
    publishedAt: deps.clock.now(),
  });
}

async function update(deps: Deps, publication: Publication.Info): Promise<Outcome> {
  await deps.provisioner.deploy(await specOf(deps, publication), tokenOf(publication, "deploy"));
  const status = await deps.provisioner.status(publication.stackName);
  const previous = publication.operation?.previous;
  if (status.state === "deployed") {
    return finish(deps, publication, {
      ...madeFrom(status),
      status: previous?.status ?? "published",
    });
  }
  if (status.state !== "failed") return wait(deps, publication, status.progress);
  const message = status.reason ?? "The change could not be applied; the limits are as before.";
  return finish(deps, publication, {
    ...(previous ?? { status: "published" as const }),
    failure: { message, at: deps.clock.now() },
  });
}

async function unpublish(deps: Deps, publication: Publication.Info): Promise<Outcome> {
  await Keyring.withdrawAll(deps, publication);
  await Webhook.remove(deps.table, publication.botId);
  if (!(await stackIsGone(deps, publication))) return wait(deps, publication);
  // Before the act ends: after that nobody would come back to it.
  if (publication.operation?.deleteBot) {
    if (!(await deps.purge(publication.botId))) {
      await wait(deps, publication);
      return { done: false, againInSeconds: 1 };
    }
    deps.log.info("bot deleted", { botId: publication.botId });
    await Publication.forget(deps.table, publication);
    return done;
  }
  return finish(deps, publication, {
    status: "unpublished",
    ...Publication.withoutStack,
    publishedAt: null,
  });
}

/** Notes why, then removes what the failed act left behind before it says `failed`. */
async function fail(deps: Deps, publication: Publication.Info, message: string): Promise<Outcome> {
  deps.log.error("publishing failed", { botId: publication.botId, reason: message });
  const noted = await Publication.save(deps, publication, {
    failure: { message, at: deps.clock.now() },
  });
  return noted ? cleanUp(deps, noted) : done;
}

async function cleanUp(deps: Deps, publication: Publication.Info): Promise<Outcome> {
  await Keyring.withdrawAll(deps, publication);
  if (!(await stackIsGone(deps, publication))) return wait(deps, publication);
  return finish(deps, publication, { status: "failed" });
}

async function stackIsGone(deps: Deps, publication: Publication.Info): Promise<boolean> {
  const gone = async () =>
    (await deps.provisioner.status(publication.stackName)).state === "absent";
  if (await gone()) return true;
  await deps.provisioner.remove(publication.stackName, tokenOf(publication, "remove"));
  return gone();
}

async function finish(
  deps: Deps,
  publication: Publication.Info,
  changes: Partial<Publication.Info>,
): Promise<Outcome> {
  const ended = await Publication.save(deps, publication, {
    ...changes,
    operation: null,
    progress: null,
    upgrade: null,
  });
  // Set while the act was under way, it was written over.
  if (ended) await Publication.withOwnerBudget(deps, ended);
  return done;
}

/** The same for every try of one act, and different for its halves. */
const tokenOf = (publication: Publication.Info, half: "deploy" | "remove"): string =>
  `${half}-${publication.operation?.operationId ?? "none"}`;
