import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../applied/world.ts";
import { readable } from "./grants.ts";
import { mutateRole } from "./mutate.ts";
import { authorizer } from "./scenarios/authorizer.ts";
import { controlApi } from "./scenarios/control-api.ts";
import { deadLetters } from "./scenarios/dead-letters.ts";
import { deployer } from "./scenarios/deployer.ts";
import { publishedApi } from "./scenarios/published-api.ts";
import { sweeper } from "./scenarios/sweeper.ts";
import { syncer } from "./scenarios/syncer.ts";
import { worker } from "./scenarios/worker.ts";

const scenarios = {
  authorizer,
  "control-api": controlApi,
  "dead-letters": deadLetters,
  deployer,
  "published-api": publishedApi,
  sweeper,
  syncer,
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
  async ({ run }) => run(world),
);

const taken: string[] = [];
const excused: string[] = [];

test.concurrent.each(names)("%s has no right that it could do without", async (name) => {
  const mutations = await mutateRole(world, name, scenarios[name]);
  const faults = mutations.flatMap(({ grant, fault }) =>
    fault ? [`${readable(grant)}: ${fault}`] : [],
  );
  expect(faults).toEqual([]);
  taken.push(`${name} ${mutations.filter(({ noticedBy }) => noticedBy).length}`);
  for (const { grant, excuse } of mutations)
    if (excuse) excused.push(`${name}: ${readable(grant)}: ${excuse}`);
});

afterAll(() => {
  const lines = excused.map((line) => `\n  ${line}`).join("");
  process.stdout.write(
    `Rights taken away one at a time, each missed by a scenario: ${taken.toSorted().join(", ")}\n` +
      (excused.length > 0 ? `Rights that MiniStack cannot judge:${lines}\n` : ""),
  );
});
