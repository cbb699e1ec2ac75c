/**
 * Carries out the acts that {@link Publication} accepted. Each call goes on from what is stored and
 * what exists, and every step can be repeated, so a crash anywhere is mended by the next call.
 */
export * as Deployer from "./index.ts";

import type { Key } from "../key/index.ts";
import { Keyring } from "../keyring/index.ts";
import type { StackOutputs } from "../../ports/index.ts";
import { Publication } from "../publication/index.ts";
import { type Deps, done, type Outcome, specOf, wait } from "./act.ts";
import { Layout } from "../../store/layout/index.ts";
import { Lease } from "../../store/lease/index.ts";
import { madeFrom, noteOvertaken, upgrade } from "./upgrade.ts";

export type { Deps, Outcome, ProbeResult } from "./act.ts";

/** One look at a bot's publication. Its answer says whether and when there has to be another. */
export async function advance(deps: Deps, botId: string): Promise<Outcome> {
  const { deployLeaseMs } = deps.policy;
  const lease = Layout.deployerLease(botId);
  const outcome = await Lease.alone(deps, lease, deployLeaseMs, () => look(deps, botId));
  return outcome ?? { done: false, againInSeconds: deps.policy.pollSeconds };
}

async function look(deps: Deps, botId: string): Promise<Outcome> {
  const publication = await Publication.fromBot(deps.table, botId);
  if (!publication) return done;
  if (!publication.operation) {
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
  const reached = await probe(deps, publication, status.outputs);
  if (!reached) {
    const waited = deps.clock.now() - (publication.operation?.startedAt ?? 0);
    if (waited > deps.policy.probeTimeoutMs) {
      return fail(deps, publication, "The endpoint was made but did not answer. Try again.");
    }
    return { done: false, againInSeconds: 1 };
  }
  return finish(deps, publication, {
    ...madeFrom(status),
    ownAddress: !status.outputs.stableEndpoint,
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

/** Calls the endpoint as a client would, with a key of its own that is gone again afterwards. */
async function probe(
  deps: Deps,
  publication: Publication.Info,
  outputs: StackOutputs,
): Promise<boolean> {
  const isProbe = (key: Key.Info) => key.purpose === "probe";
  // A crash may have left one.
  await Keyring.withdrawAll(deps, publication, isProbe);
  const { key, value } = await Keyring.issue(deps, publication, {
    label: "Probe",
    purpose: "probe",
    createdBy: "deployer",
    expiresAt: null,
  });
  try {
    return (await deps.probe(outputs.endpoint, value)) === "reached";
  } finally {
    await Keyring.withdraw(deps, publication, key.keyId);
  }
}

async function finish(
  deps: Deps,
  publication: Publication.Info,
  changes: Partial<Publication.Info>,
): Promise<Outcome> {
  await Publication.save(deps, publication, {
    ...changes,
    operation: null,
    progress: null,
    upgrade: null,
  });
  return done;
}

/** The same for every try of one act, and different for its halves. */
const tokenOf = (publication: Publication.Info, half: "deploy" | "remove"): string =>
  `${half}-${publication.operation?.operationId ?? "none"}`;
