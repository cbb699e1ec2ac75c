import { handlerOf } from "../handler.ts";
import { environment, everything, program } from "../program.ts";

/** The app as it is deployed, with all that it may have, and as one developer has it under `sst dev`. */
export const [prod, full, dev] = await Promise.all([
  program("prod"),
  program("prod", everything),
  program("ann", environment, { dev: true }),
]);

/** Names of all functions. */
export const handlers = [
  "authorizer",
  "control-api",
  "dead-letters",
  "deployer",
  "published-api",
  "sweeper",
  "syncer",
  "webhooks",
  "worker",
];

export const fn = (name: string) => prod.function(handlerOf(name));

/** A statement in one line, its names without what SST appends to them. */
export function readable({ Action, Resource }: { Action: string[]; Resource: string[] }): string {
  const resources = [Resource].flat().map((arn) => arn.replace(/-[a-z]{8}(?=$|\/)/, ""));
  return [[Action].flat().join(","), ...resources].join(" ");
}
