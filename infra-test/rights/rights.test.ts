import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../applied/world.ts";
import { listGrants, readable, withMore } from "./grants.ts";
import { fits, mutateRole } from "./mutate.ts";
import type { Scenario } from "./scenario.ts";
import { authorizer } from "./scenarios/authorizer.ts";
import { controlApi } from "./scenarios/control-api.ts";
import { deadLetters } from "./scenarios/dead-letters.ts";
import { deployer } from "./scenarios/deployer.ts";
import { publishedApi } from "./scenarios/published-api.ts";
import { sweeper } from "./scenarios/sweeper.ts";
import { syncer } from "./scenarios/syncer.ts";
import { webhooks } from "./scenarios/webhooks.ts";
import { worker } from "./scenarios/worker.ts";
import { everyFunction, otherRoles, unjudged } from "./unjudged.ts";

const scenarios = {
  authorizer,
  "control-api": controlApi,
  "dead-letters": deadLetters,
  deployer,
  "published-api": publishedApi,
  sweeper,
  syncer,
  webhooks,
  worker,
};
const names = Object.keys(scenarios) as (keyof typeof scenarios)[];

let world: World;
beforeAll(async () => {
  world = await startWorld({ idle: true });
}, 180_000);
afterAll(() => world?.stop());

test.each(names.flatMap((name) => scenarios[name].map((scenario) => ({ name, ...scenario }))))(
  "$name $title",
  async (scenario) => scenario.run(world),
);

const grantsOf = (name: string) => {
  const { role } = world.app.graph.functionById(world.idOf(name));
  return listGrants(world, String(role.inputs.name ?? role.name));
};

test("scenarios and the list of what cannot be judged name only rights that are granted", async () => {
  const named = [
    ...names.flatMap((name) =>
      scenarios[name].flatMap(({ uses }) => uses.map((right) => ({ role: name, right }))),
    ),
    ...unjudged,
  ];
  for (const { role, right } of named) {
    const isGranted = (await grantsOf(role)).some((grant) => fits(right, grant));
    expect([role, right, isGranted]).toEqual([role, right, true]);
  }
});

test("every role of the app is a function's, or named with what judges it", () => {
  const { graph } = world.app;
  const others = graph
    .all("aws:iam/role:Role")
    .map(({ name }) => name)
    .filter((name) => !names.some((fn) => graph.functionById(world.idOf(fn)).role.name === name));
  expect(others.toSorted()).toEqual(Object.keys(otherRoles).toSorted());
  expect(Object.keys(graph.data.functions)).toHaveLength(names.length);
});

test("a right that nothing uses is found, and so is a list that excuses what can be judged", async () => {
  const [scenario] = authorizer;
  if (!scenario) throw new Error("The authorizer has no scenario");
  const claims = { ...scenario, uses: [...scenario.uses, "dynamodb:DeleteItem"] };
  const right = "dynamodb:BatchGetItem";
  const excuse = { role: "authorizer", right, reason: "none" };
  await withMore(world, await grantsOf("authorizer"), "dynamodb:DeleteItem", async () => {
    const faults = async (using: Scenario, list = unjudged) =>
      (await mutateRole(world, "authorizer", [using], list)).map(({ fault }) => fault);
    expect(await faults(scenario)).toContainEqual(expect.stringMatching(/^no scenario uses it/));
    expect(await faults(claims)).toContainEqual(expect.stringMatching(/^no scenario fails/));
    expect(await faults(claims, [excuse])).toContainEqual(expect.stringMatching(/off the list$/));
  });
});

const taken: string[] = [];
const excused: string[] = [];

test.concurrent.each(names)(
  "%s has no right that it could do without",
  async (name) => {
    const mutations = await mutateRole(world, name, scenarios[name]);
    const faults = mutations.flatMap(({ grant, fault }) =>
      fault ? [`${readable(grant)}: ${fault}`] : [],
    );
    expect(faults).toEqual([]);
    taken.push(`${name} ${mutations.filter(({ noticedBy }) => noticedBy).length}`);
    for (const { grant, excuse } of mutations)
      if (excuse) excused.push(`${name}: ${readable(grant)}: ${excuse}`);
  },
  600_000,
);

afterAll(() => {
  const roles = Object.entries(otherRoles).map(([role, reason]) => `${role}: ${reason}`);
  const lines = [...excused, ...roles, ...everyFunction].map((line) => `\n  ${line}`).join("");
  process.stdout.write(
    `Rights taken away one at a time, each missed by a scenario: ${taken.toSorted().join(", ")}\n` +
      `Rights that MiniStack cannot judge:${lines}\n`,
  );
});
