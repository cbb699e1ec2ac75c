import * as Audit from "../../records/audit/index.ts";
import type { StackStatus } from "../../ports/index.ts";
import * as Publication from "../publication/index.ts";
import * as Upgrade from "../upgrade/index.ts";
import { type Deps, type Outcome, specOf, wait } from "./act.ts";

/** Brings a publication's stack to the present template: its settings, URL and keys stay. */
export async function upgrade(
  deps: Deps,
  publication: Publication.Info,
  { upgradeId, version }: Publication.Upgrade,
): Promise<Outcome> {
  const { stackName, botId } = publication;
  const entry = await noted(deps, publication);
  // What has begun goes on by itself; what has not gives way to every owner's act.
  if (await Upgrade.ownersWait(deps)) return wait(deps, publication);
  await deps.provisioner.deploy(await specOf(deps, publication), `upgrade-${upgradeId}`);
  const status = await deps.provisioner.status(stackName);
  if (status.state !== "deployed" && status.state !== "failed") return wait(deps, publication);
  const before = { templateVersion: publication.templateVersion };
  const made = madeFrom(status);
  // Another deploy may have come meanwhile: what it was to be is well, and what it has to be now.
  const wanted = [version, deps.provisioner.templateVersion];
  if (status.state === "deployed" && wanted.includes(made.templateVersion ?? "")) {
    const after = { templateVersion: made.templateVersion };
    await Audit.end(deps, entry, { outcome: "done", before, after });
    return end(deps, publication, { ...made, upgrade: null });
  }
  const message =
    status.reason ?? `The stack is of template ${made.templateVersion ?? "1"} after it as well.`;
  deps.log.error("a template's upgrade failed", { botId, version, reason: message });
  await Audit.end(deps, entry, { outcome: "failed", before, after: before });
  const failure = { message, at: deps.clock.now() };
  const { startedAt } = publication.upgrade ?? { startedAt: failure.at };
  return end(deps, publication, {
    upgrade: { upgradeId, version, state: "failed", startedAt, failure },
  });
}

/** An owner's act has come meanwhile, and brings the stack to the present template by itself. */
export async function noteOvertaken(deps: Deps, publication: Publication.Info): Promise<void> {
  if (publication.upgrade?.state !== "in_progress") return;
  const entry = await noted(deps, publication);
  const errorCode = "publication_in_progress";
  await Audit.end(deps, entry, { outcome: "refused", errorCode });
  await Upgrade.release(deps, publication);
}

/** What a publication records of a stack that is deployed. */
export const madeFrom = ({ outputs }: StackStatus) => ({
  ...(outputs && {
    stack: outputs.stack,
    endpoint: outputs.endpoint,
    inferenceProfiles: outputs.inferenceProfiles ?? {},
  }),
  templateVersion: outputs?.templateVersion ?? null,
});

async function end(
  deps: Deps,
  publication: Publication.Info,
  changes: Partial<Publication.Info>,
): Promise<Outcome> {
  // Paused or changed meanwhile: the next look goes on from that.
  if (!(await Publication.amend(deps, publication, changes))) {
    return { done: false, againInSeconds: 1 };
  }
  await Upgrade.release(deps, publication);
  return { done: true, upgraded: true };
}

/** The entry of the audit log, written once however often the act is taken up again. */
function noted(deps: Deps, { botId, ownerId, upgrade }: Publication.Info): Promise<Audit.Entry> {
  return Audit.begin(
    deps,
    Audit.system,
    { action: "publication.upgrade", botId, ownerId, targetId: null },
    upgrade ? { auditId: upgrade.upgradeId, at: upgrade.startedAt } : undefined,
  );
}
