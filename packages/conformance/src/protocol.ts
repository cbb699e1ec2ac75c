/**
 * `npm run test:protocol [-- --quick]`: checks the run protocol's models with TLC, and that each
 * condition of them which is load-bearing is missed when it is taken out. Ends with a line
 * `N passed, N failed`.
 *
 * `--quick` leaves the exhaustive safety check at two attempts and two faults to the full run, and
 * with it the belts beside braces; what it checks in its place is exhaustive for one of each. It
 * checks liveness of one run: of two it takes more time than all else together.
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
    module: v.picklist(["Conversation", "EventLog", "ToolCalls", "Budget"]),
    name: v.string(),
    find: v.string(),
    replace: v.string(),
    /** What catches it; null where another condition already holds it. */
    violates: v.nullable(v.string()),
  }),
);

type Module = "Conversation" | "EventLog" | "ToolCalls" | "Budget";
const models = {
  Conversation: read("Conversation.tla"),
  EventLog: read("EventLog.tla"),
  ToolCalls: read("ToolCalls.tla"),
  Budget: read("Budget.tla"),
};
const safety: Configuration = { text: read("Safety.cfg") };
const twoRuns = read("Liveness.cfg");
const liveness: Configuration = {
  text: values.quick ? twoRuns.replace("Runs = {1, 2}", "Runs = {1}") : twoRuns,
};
const quick: Configuration = { ...safety, bounds: { MaxAttempts: 1, Faults: 1 } };
const eventLog: Configuration = { text: read("EventLog.cfg") };
const toolCalls: Configuration = { text: read("ToolCalls.cfg") };
const quickEventLog: Configuration = { ...eventLog, bounds: { MaxTexts: 1, MaxRedrives: 0 } };

const budget: Configuration = { text: read("Budget.cfg") };
const budgetLiveness: Configuration = { text: read("BudgetLiveness.cfg") };

let passed = 0;
let failed = 0;

try {
  const classPath = await installTlc(join(modelDir, "pom.xml"));
  const judge = async (
    name: string,
    expected: string | null,
    module: Module,
    config: Configuration,
    model = models[module],
  ): Promise<void> => {
    const begun = performance.now();
    const inOrder = expected !== null;
    const finding = await check({ classPath, module, model, config, inOrder });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const ok = finding.violated === expected;
    if (ok) passed += 1;
    else failed += 1;
    process.stdout.write(
      `${ok ? "ok    " : "FAILED"} ${name}: ${describe(finding)} (${seconds} s)\n`,
    );
    if (!ok) process.stdout.write(`${finding.output}\n`);
  };

  await (values.quick
    ? judge("safety, one attempt and one fault", null, "Conversation", quick)
    : judge("safety", null, "Conversation", safety));
  await judge("liveness", null, "Conversation", liveness);
  await (values.quick
    ? judge("event log, one text and no redrive", null, "EventLog", quickEventLog)
    : judge("event log", null, "EventLog", eventLog));
  await judge("tool calls", null, "ToolCalls", toolCalls);
  await judge("budget", null, "Budget", budget);
  await judge("budget, liveness", null, "Budget", budgetLiveness);
  const mutations = v.parse(Mutations, JSON.parse(read("mutations.json")));
  for (const { module, name, find, replace, violates } of mutations) {
    const model = models[module];
    if (model.split(find).length !== 2) {
      throw new Error(
        `"${name}" is not in the model, or more than once. Bring mutations.json up to date.`,
      );
    }
    // A belt beside braces is missed by nothing: that takes a whole search, of a smaller space.
    if (violates === null && values.quick) continue;
    const config = configurationOf(module, violates);
    await judge(
      `without: ${name}`,
      violates,
      module,
      config,
      model.replace(find, () => replace),
    );
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

function configurationOf(module: Module, violates: string | null): Configuration {
  if (module === "ToolCalls") return toolCalls;
  if (module === "EventLog") return { ...eventLog, bounds: { MaxTexts: 1 } };
  if (module === "Budget") return violates === "NothingHeldForGood" ? budgetLiveness : budget;
  if (violates === null) return quick;
  return violates === "EveryRunEnds" ? liveness : safety;
}
