/**
 * `npm run test:protocol [-- --quick]`: checks the run protocol's model with TLC, and that each
 * condition of it which is load-bearing is missed when it is taken out. Ends with a line
 * `N passed, N failed`.
 *
 * `--quick` leaves the exhaustive safety check at two attempts and two faults to the full run, and
 * with it the belts beside braces; what it checks in its place is exhaustive for one of each.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { installTlc } from "./protocol/install.ts";
import { check, type Configuration, type Finding } from "./protocol/tlc.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const modelDir = fileURLToPath(new URL("../../../docs/run-protocol/", import.meta.url));
const read = (file: string): string => readFileSync(join(modelDir, file), "utf8");

const Mutations = v.array(
  v.strictObject({
    name: v.string(),
    find: v.string(),
    replace: v.string(),
    /** What catches it; null where another condition already holds it. */
    violates: v.nullable(v.string()),
  }),
);

const model = read("Conversation.tla");
const safety = configuration("Safety.cfg");
const liveness = configuration("Liveness.cfg");
const quick: Configuration = { ...safety, MaxAttempts: 1, Faults: 1 };

let passed = 0;
let failed = 0;

try {
  const classPath = await installTlc(join(modelDir, "pom.xml"));
  const judge = async (
    name: string,
    expected: string | null,
    text: string,
    config: Configuration,
  ): Promise<boolean> => {
    const begun = performance.now();
    const finding = await check({ classPath, model: text, config });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const ok = finding.violated === expected;
    if (ok) passed += 1;
    else failed += 1;
    process.stdout.write(
      `${ok ? "ok    " : "FAILED"} ${name}: ${describe(finding)} (${seconds} s)\n`,
    );
    if (!ok) process.stdout.write(`${finding.output}\n`);
    return ok;
  };

  await (values.quick
    ? judge("safety, one attempt and one fault", null, model, quick)
    : judge("safety", null, model, safety));
  await judge("liveness", null, model, liveness);
  for (const { name, find, replace, violates } of v.parse(
    Mutations,
    JSON.parse(read("mutations.json")),
  )) {
    if (model.split(find).length !== 2) {
      throw new Error(
        `"${name}" is not in the model, or more than once. Bring mutations.json up to date.`,
      );
    }
    // A belt beside braces is missed by nothing: that takes a whole search, of a smaller space.
    if (violates === null && values.quick) continue;
    const config = violates === null ? quick : violates === "EveryRunEnds" ? liveness : safety;
    await judge(`without: ${name}`, violates, model.replace(find, replace), config);
  }
} catch (error) {
  failed += 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function describe({ violated, states }: Finding): string {
  const found = violated === null ? "nothing is violated" : `${violated} is violated`;
  return `${found}, ${states} states`;
}

/** What a .cfg says, and the two constants that bound the search. */
function configuration(file: string): Configuration {
  const text = read(file);
  const bound = (name: string): number => Number(new RegExp(`${name} = (\\d+)`).exec(text)?.[1]);
  return { text, MaxAttempts: bound("MaxAttempts"), Faults: bound("Faults") };
}
