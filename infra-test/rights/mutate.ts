import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";
import type { World } from "../applied/world.ts";
import { type Grant, listGrants, readable, without } from "./grants.ts";
import type { Scenario } from "./scenario.ts";
import { type Unjudged, unjudged } from "./unjudged.ts";

/** What taking one right away led to. */
export interface Mutation {
  grant: Grant;
  /** The scenario that failed. */
  noticedBy?: string;
  /** Why no emulator can tell. */
  excuse?: string;
  /** What is wrong with the right, or with its proof. */
  fault?: string;
}

/** Takes every right of a function's role away, one at a time, and sees whether a scenario fails for it. */
export async function mutateRole(
  world: World,
  name: string,
  scenarios: readonly Scenario[],
  list: readonly Unjudged[] = unjudged,
): Promise<Mutation[]> {
  const { role } = world.app.graph.functionById(world.idOf(name));
  const grants = await listGrants(world, String(role.inputs.name ?? role.name));
  const mutations: Mutation[] = [];
  for (const grant of grants) {
    const first = await judge(world, name, grant, scenarios, list);
    // A fault has to show twice: a busy machine may have been in the way.
    const result = first.fault ? await judge(world, name, grant, scenarios, list) : first;
    mutations.push({ grant, ...result });
  }
  return mutations;
}

async function judge(
  world: World,
  name: string,
  grant: Grant,
  scenarios: readonly Scenario[],
  list: readonly Unjudged[],
): Promise<Omit<Mutation, "grant">> {
  const users = scenarios.filter(({ uses }) => uses.some((use) => fits(use, grant)));
  const listed = list.find((entry) => entry.role === name && fits(entry.right, grant));
  if (listed) return judgeListed(world, name, grant, scenarios, listed);
  if (users.length === 0) {
    return {
      fault: "no scenario uses it: take it away, or add one in infra-test/rights/scenarios",
    };
  }
  const reasons: string[] = [];
  for (const scenario of users) {
    const { error, refused } = await attempt(world, name, grant, scenario);
    if (error !== undefined && refused) return { noticedBy: scenario.title };
    const ending = error === undefined ? "passed" : `failed (${inspect(error).slice(0, 300)})`;
    reasons.push(`“${scenario.title}” ${ending}, IAM refused ${refused ? "it" : "nothing"}`);
  }
  return { fault: `no scenario fails for want of it: ${reasons.join("; ")}` };
}

/** A right on the list must make no difference here, or it does not belong there. */
async function judgeListed(
  world: World,
  name: string,
  grant: Grant,
  scenarios: readonly Scenario[],
  { reason }: Unjudged,
) {
  for (const scenario of scenarios) {
    const { refused } = await attempt(world, name, grant, scenario);
    if (refused) return { fault: `it is refused in “${scenario.title}”: take it off the list` };
  }
  return { excuse: reason };
}

/** Runs a scenario without a right. */
async function attempt(world: World, name: string, grant: Grant, scenario: Scenario) {
  const since = Date.now();
  const error = await without(world, grant, () =>
    scenario.run(world).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  const said = String(error).includes(refusal(grant));
  return {
    error,
    refused: said || (await wasLogged(world, name, grant, since, error ? 15_000 : 0)),
  };
}

const refusal = ({ action }: Grant): string => `not authorized to perform: ${action}`;

/** Whether the function logged that IAM refused it this action: it failed for that and nothing else. */
async function wasLogged(
  world: World,
  name: string,
  grant: Grant,
  since: number,
  withinMs: number,
): Promise<boolean> {
  for (;;) {
    const lines = await world.app.logs(world.idOf(name), since);
    if (lines.some((line) => line.includes(refusal(grant)))) return true;
    if (Date.now() - since > withinMs) return false;
    await wait(50);
  }
}

export const fits = (use: string, grant: Grant): boolean => {
  const [action, ending = ""] = use.split(" ");
  return grant.action === action && readable(grant).endsWith(ending);
};
