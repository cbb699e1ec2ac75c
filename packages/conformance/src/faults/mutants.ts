import type { Mutant } from "./mutant.ts";

/**
 * The conditions that the model finds load-bearing (`docs/run-protocol/README.md`), where the code
 * has them; then those that only the code has.
 */
export const mutants: readonly Mutant[] = [
  {
    name: "start without token compare",
    file: "conversations/run/start.ts",
    replace: [
      [`  if (run.token >= options.token) return { outcome: "fenced" };\n`, ""],
      [`    below("token", token),\n`, ""],
    ],
  },
  {
    name: "start without status",
    file: "conversations/run/start.ts",
    replace: [
      [
        `  if (isTerminal(run.status)) return { outcome: "ended", run: await link(deps, run, options) };\n`,
        "",
      ],
      [`    any(equals("status", "queued"), equals("status", "in_progress")),\n`, ""],
    ],
  },
  {
    name: "finish without token",
    profile: "one overtakes the other",
    file: "conversations/run/finish.ts",
    replace: [
      [
        `  const mine = all(equals("status", "in_progress"), equals("token", token));\n`,
        `  const mine = equals("status", "in_progress");\n`,
      ],
    ],
  },
  {
    name: "finish unconditional",
    file: "conversations/run/finish.ts",
    replace: [
      [
        `  const mine = all(equals("status", "in_progress"), equals("token", token));\n`,
        `  const mine = equals("runId", run.runId);\n`,
      ],
    ],
  },
  {
    name: "cancel without status",
    file: "conversations/run/index.ts",
    replace: [
      [
        `      equals("status", "queued"),\n    )) ||\n`,
        `      equals("runId", run.runId),\n    )) ||\n`,
      ],
    ],
  },
  {
    name: "put overwrites",
    file: "conversations/run/index.ts",
    replace: [
      [
        `return { run, item, condition: absent("pk") };`,
        `return { run, item, condition: undefined as never };`,
      ],
    ],
  },
  {
    name: "what was put before is appended without a look",
    profile: "the SDK of a slow holder sends twice",
    file: "conversations/conversation/accept.ts",
    replace: [
      [
        `  const wasThere = !(await Run.putBy(deps, put));\n`,
        `  const wasThere = (await Run.putBy(deps, put)) && !deps;\n`,
      ],
    ],
  },
  {
    name: "pop unconditional",
    file: "conversations/conversation/mailbox.ts",
    replace: [
      [
        `  const mine = all(equals("token", token), first("open", runId));\n`,
        `  const mine = exists("open");\n`,
      ],
    ],
  },
  {
    name: "lease without expiry",
    file: "conversations/conversation/mailbox.ts",
    replace: [[`any(absent("leaseUntil"), below("leaseUntil", now))`, `absent("leaseUntil")`]],
  },
  {
    name: "pop a terminal run without billing it first",
    file: "conversations/worker/index.ts",
    replace: [
      [
        `    Ledger.record(deps, entry, Run.ledgerSuffix(ended)),\n`,
        `    started.outcome !== "ended" && Ledger.record(deps, entry, Run.ledgerSuffix(ended)),\n`,
      ],
    ],
  },
  {
    name: "pick the newest open run",
    file: "conversations/worker/index.ts",
    replace: [[`= current?.open[0];`, `= current?.open.at(-1);`]],
  },
  {
    name: "pop gives a run a new place",
    file: "conversations/worker/index.ts",
    replace: [[`{ again: ended.place !== place }`, `{}`]],
  },
  {
    name: "a place is told by the run before it",
    profile: "the owner redrives",
    file: "conversations/worker/index.ts",
    replace: [[`{ again: ended.place !== place }`, `{ again: ended.parent !== parent }`]],
  },
  {
    name: "ledger overwritten",
    file: "records/ledger/index.ts",
    replace: [[`write({ item, condition: absent("pk") })`, `write({ item })`]],
  },
  {
    name: "no sweeper",
    file: "maintenance/sweeper/index.ts",
    replace: [[`  await Bell.ring(deps.runQueue, head);\n`, ""]],
  },
  {
    name: "a claim is appended in spite of a deletion",
    profile: "conversations are deleted",
    file: "conversations/conversation/mailbox.ts",
    replace: [
      [`  doomedToken === 0 ? absent("doomedToken") : equals("doomedToken", doomedToken),\n`, ""],
    ],
  },
  {
    name: "condemn without a look at what was appended",
    profile: "conversations are deleted",
    file: "conversations/conversation/mailbox.ts",
    replace: [[`      sizeBelow("open", head.open.length + 1),\n`, ""]],
  },
  {
    name: "a deletion does not bill what was open",
    file: "conversations/conversation/removal.ts",
    replace: [
      [
        `  await Ledger.record(deps, entry, Run.ledgerSuffix(started.run));\n`,
        `  if (started.run.token < token) await Ledger.record(deps, entry);\n`,
      ],
    ],
  },
  {
    name: "a deletion takes what was put for the next conversation",
    profile: "conversations are deleted",
    file: "conversations/conversation/removal.ts",
    replace: [[`run.token > 0 && run.token <= doomedToken`, `run.token <= doomedToken`]],
  },
  {
    name: "a deletion that broke off is not ended",
    profile: "conversations are deleted",
    file: "conversations/conversation/removal.ts",
    replace: [[`    if (head.doomed) await end(deps, head);\n    else if`, `    if`]],
  },
  {
    name: "redrive of what has not failed",
    profile: "the owner redrives",
    file: "conversations/run/index.ts",
    replace: [[`    all(equals("status", "failed"), equals("redrives", run.redrives)),\n`, ""]],
  },
  {
    name: "redrive of what has not left the mailbox",
    profile: "the owner redrives",
    file: "conversations/conversation/redrive.ts",
    replace: [
      [`  if (isOpen && found.status === "failed") throw closing();\n`, ""],
      [`  if (isOpen) throw notFailed(found);\n`, ""],
    ],
  },
  {
    name: "a redriven run is billed under its first entry",
    file: "conversations/run/outcome.ts",
    replace: [[`  redrives === 0 ? undefined : `, `  redrives >= 0 ? undefined : `]],
  },
  {
    name: "a redriven run forgets its older places",
    file: "conversations/run/index.ts",
    replace: [[`run.parent === null ? [] : [run.parent]`, `[]`]],
  },
  {
    name: "given up while it is at work",
    profile: "nobody has time",
    file: "conversations/run/index.ts",
    replace: [[`    all(equals("status", "queued"), equals("queuedAt", run.queuedAt)),\n`, ""]],
  },
  {
    name: "finish takes a lost reply for being overtaken",
    file: "conversations/run/finish.ts",
    replace: [
      [
        `  if (current && current.token === token && isTerminal(current.status)) {\n`,
        `  if (!current) {\n`,
      ],
    ],
  },
  {
    name: "an event is written over",
    file: "conversations/event-log/log.ts",
    replace: [[`  return { item, condition: absent("pk") };\n`, `  return { item };\n`]],
  },
  {
    name: "an attempt begins its events behind a newer one's",
    profile: "one overtakes the other",
    file: "conversations/event-log/writer.ts",
    replace: [[`if (tail.token < token) return`, `if (tail.token !== token) return`]],
  },
  {
    name: "an answer that says nothing keeps what an earlier attempt said",
    file: "conversations/event-log/writer.ts",
    replace: [
      [`      if (!isFenced && !begun) await writeOne(() => []);\n`, ""],
      [`      if (!isFenced && !begun && !isFirst) await writeOne(() => []);\n`, ""],
      [
        `        pending = entryOf(buffer.takeLast(entrySizeMax));\n`,
        `        pending = { token, turn, events: buffer.takeLast(entrySizeMax) };\n`,
      ],
    ],
  },
  {
    name: "a try begins anew, and readers keep what was said before",
    file: "conversations/event-log/buffer.ts",
    replace: [[`events = isOwed ? [attempt] : [];`, `events = [];`]],
  },
  {
    name: "a run that is given up keeps what was said in vain",
    file: "conversations/event-log/log.ts",
    replace: [[`const isVoid = run.usage === null && tail &&`, `const isVoid = false && tail &&`]],
  },
  {
    name: "a run leaves its mailbox before its events have an end",
    file: "conversations/worker/index.ts",
    replace: [[`    EventLog.close(deps, ended, closing.log),\n`, ""]],
  },
  {
    name: "an answer is one before its events are written",
    file: "conversations/worker/index.ts",
    replace: [
      [
        `const log = await writer.seal(result.answer);`,
        `const log = await writer.rest().then(() => ({ next: 0 }));`,
      ],
    ],
  },
  {
    name: "what was said last is not written with the end",
    file: "conversations/event-log/log.ts",
    replace: [[`events: [...events, endOf(run)]`, `events: [endOf(run)]`]],
  },
  {
    name: "who has ended a run in one call takes a lost reply for being overtaken",
    file: "conversations/worker/end-together.ts",
    replace: [
      [
        `if (!isWritten && !(await Ledger.has(deps.table, entry, suffix))) return undefined;`,
        `if (!isWritten) return undefined;`,
      ],
    ],
  },
  {
    name: "the only run of a mailbox leaves it, and another one has come",
    file: "conversations/conversation/mailbox.ts",
    replace: [[`    condition: all(mine, sizeBelow("open", 2)),\n`, `    condition: mine,\n`]],
  },
  {
    name: "a run is ended in one call, and its ledger entry is not",
    file: "conversations/worker/end-together.ts",
    replace: [[`      ledger,\n`, ""]],
  },
  {
    name: "a run is ended in one call, and its event log is not",
    file: "conversations/worker/end-together.ts",
    replace: [[`      EventLog.closingOf(ended, rest, deps.clock.now()),\n`, ""]],
  },
  {
    name: "a run leaves its mailbox in one call with its end, unsettled",
    budgets: true,
    file: "conversations/worker/end-together.ts",
    replace: [[`run.holds.length === 0 && !isTold`, `!isTold`]],
  },
  {
    name: "a deletion leaves the events",
    file: "conversations/event-log/log.ts",
    replace: [[`    if (removed !== true) await table.put(tombstone(sk));\n`, ""]],
  },
  {
    name: "a deletion marks nothing behind the last event",
    profile: "conversations are deleted",
    file: "conversations/event-log/log.ts",
    replace: [[`if (await table.put(tombstone(sk), absent("pk"))) break;`, `if (sk) break;`]],
  },
  {
    name: "a budget is held without room",
    budgets: true,
    file: "publishing/budget/index.ts",
    replace: [
      [
        `    all(absent(name), absent(doneOf(name)), any(absent("runs"), room)),\n`,
        `    absent(name),\n`,
      ],
    ],
  },
  {
    name: "a budget is held again for the same run",
    budgets: true,
    file: "publishing/budget/index.ts",
    replace: [
      [
        `    all(absent(name), absent(doneOf(name)), any(absent("runs"), room)),\n`,
        `    all(absent(doneOf(name)), any(absent("runs"), room)),\n`,
      ],
    ],
  },
  {
    name: "a budget is settled without a hold",
    budgets: true,
    file: "publishing/budget/index.ts",
    replace: [
      [
        `await endHold(table, hold, run, { when: exists(nameOf(run)), cost, settledAt });`,
        `await endHold(table, hold, run, { when: exists("runs"), cost, settledAt });`,
      ],
    ],
  },
  {
    name: "who is refused gives back what others rely on",
    budgets: true,
    file: "publishing/budget/index.ts",
    replace: [
      [
        `  const by = stored.output.by.filter((one) => one !== sender);\n`,
        `  const by: string[] = [];\n`,
      ],
    ],
  },
  {
    name: "a run leaves its mailbox unsettled",
    budgets: true,
    file: "conversations/worker/index.ts",
    replace: [[`    Budget.settle(deps, { ...ended, costMicroUsd: entry.costMicroUsd }),\n`, ""]],
  },
  {
    name: "what is held for nothing is not given back",
    budgets: true,
    file: "maintenance/budget-holds/index.ts",
    replace: [
      [
        `      if (await Budget.release(deps.table, hold)) released += 1;\n`,
        `      released += 1;\n`,
      ],
    ],
  },
  {
    name: "what an open run needs is given back",
    budgets: true,
    file: "maintenance/budget-holds/index.ts",
    replace: [
      // Sooner than what is open has ended, which by itself breaks nothing there.
      [`deps.policy.holdGraceMs;`, `60_000;`],
      [
        `if (hold.at >= until || (await isOpen(deps, hold.holder))) continue;`,
        `if (hold.at >= until) continue;`,
      ],
    ],
  },
];

/** The module's source without the condition. @throws Error where the source has moved on. */
export function mutate({ name, file, replace }: Mutant, source: string): string {
  let text = source;
  for (const [find, by] of replace) {
    if (text.split(find).length !== 2) {
      throw new Error(`"${name}": ${file} does not have exactly once: ${find.trim()}`);
    }
    text = text.replace(find, () => by);
  }
  return text;
}
