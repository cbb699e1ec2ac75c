import type { Key } from "../key/index.ts";
import * as Keyring from "../keyring/index.ts";
import * as Publication from "../publication/index.ts";
import type { Deps } from "./act.ts";

/** Between two tries. */
const everyMs = 2_000;

/**
 * Calls an endpoint as a client would until it answers, with a key of its own that is gone again
 * afterwards. One key for all tries: API Gateway refuses a new one for up to half a minute, so a new
 * key with each try would be refused every time.
 * @returns what is known of the endpoint after `probeTimeoutMs` at the latest.
 */
export async function probe(
  deps: Deps,
  publication: Publication.Info,
  endpoint: string,
): Promise<Publication.Verification> {
  const tries = (publication.verified?.tries ?? 0) + 1;
  // A crash may have left one.
  await Keyring.withdrawAll(deps, publication, isProbe);
  const { key, value } = await Keyring.issue(deps, publication, {
    label: "Probe",
    purpose: "probe",
    createdBy: "deployer",
    expiresAt: null,
  });
  try {
    let waitedMs = 0;
    for (;;) {
      const result = await deps.probe(endpoint, value);
      if (result !== "not_yet" || waitedMs >= deps.policy.probeTimeoutMs) {
        return { result, tries, at: deps.clock.now() };
      }
      await deps.clock.sleep(everyMs);
      waitedMs += everyMs;
    }
  } finally {
    await Keyring.withdraw(deps, publication, key.keyId);
  }
}

const isProbe = (key: Key.Info): boolean => key.purpose === "probe";

/** Looks again at what was published without an answer; the sweeper rings for it. */
export async function confirm(deps: Deps, publication: Publication.Info): Promise<void> {
  const { outputs } = await deps.provisioner.status(publication.stackName);
  if (!outputs) return;
  const verified = await probe(deps, publication, outputs.endpoint);
  deps.log.info("a published endpoint was tried again", { botId: publication.botId, ...verified });
  // Changed meanwhile: whoever changed it looks for itself.
  await Publication.amend(deps, publication, { verified });
}
