import type { Budget } from "@outlet/core/publishing/budget";
import { defaultPolicy } from "@outlet/functions/policy";
import { type FaultRates, type KillPoint, noFaults } from "./faults.ts";
import type { Prng } from "./prng.ts";
import type { Mood } from "./scripted-model.ts";

/** One message that a client wants answered. */
export interface PlannedMessage {
  conversation: string;
  text: string;
  /** Milliseconds after the beginning. */
  atMs: number;
  /** Whether the client sends again, with the same key, until it has an answer. */
  insists: boolean;
  /** When somebody cancels it, if so. */
  cancelAtMs: number | undefined;
}

/** Messages are paid from both; a second one may refuse what the first has held. */
export interface Budgets {
  bot: Budget.Limit;
  owner: Budget.Limit | null;
}

/** What happens in one episode, apart from what the scheduler decides. */
export interface Plan {
  profile: string;
  messages: PlannedMessage[];
  rates: FaultRates;
  killPoint: KillPoint | undefined;
  mood: Mood;
  /** Whether the model answers over the wire, as Bedrock does. */
  isWire: boolean;
  workers: number;
  /** Errors of the clocks of processes, up to this much either way. */
  skewMs: number;
  outages: { store: "table" | "queue"; fromMs: number; untilMs: number }[];
  /** When a client deletes a conversation. */
  deletions: { conversation: string; atMs: number }[];
  /** When the owner redrives what has failed. */
  redrivesAtMs: number[];
  /** When the sweeper gives up a run that nobody has begun. */
  queuedMaxMs: number;
  visibilityMs: number;
  sweepEveryMs: number;
  /** When faults end. */
  calmAtMs: number;
  openMax: number;
  /** Whether messages are accepted as on one machine, by one call where that is let through. */
  acceptsInOne: boolean;
  /** What the bot may spend, and its owner with all bots, where it is limited. */
  budgets: Budgets | null;
}

const some = 0.04;
const common: Readonly<Record<string, Partial<FaultRates>>> = {
  "nothing goes wrong": {},
  "workers die": { kill: some, max: 6 },
  "bells get lost": { bellLost: 0.5, bellTwice: 0.3, max: 12 },
  "stores refuse": { refused: 0.05, replyLost: some, max: 8 },
  "the SDK sends twice": { sentTwice: 0.15, max: 10 },
  "holders are slow": { stall: 0.06, max: 8 },
  "one overtakes the other": { stall: 0.15, bellTwice: 0.8, max: 20 },
  "conversations are deleted": { stall: 0.1, bellLost: 0.4, kill: 0.02, max: 16 },
  "nobody has time": { stall: 0.08, bellLost: 0.3, bellTwice: 0.3, max: 14 },
  "the owner redrives": { stall: 0.08, kill: 0.02, max: 14 },
  "everything at once": {
    kill: 0.02,
    refused: 0.02,
    replyLost: 0.02,
    sentTwice: 0.03,
    stall: 0.03,
    bellLost: 0.15,
    bellTwice: 0.15,
    max: 14,
  },
};

const repeating = "the SDK of a slow holder sends twice";

export const profiles: typeof common = {
  ...common,
  // By name alone: a seed goes on to be what it was.
  [repeating]: { stall: 0.2, sentTwice: 0.3, max: 30 },
};

/**
 * An episode chosen by its seed.
 * @param only a profile that all are to have.
 */
export function choosePlan(prng: Prng, only?: string): Plan {
  const names = Object.keys(common);
  // Every other episode has everything.
  const profile = only ?? (prng.chance(0.4) ? "everything at once" : prng.pick(names));
  const mixed = profile === "everything at once";
  const races = profile === "one overtakes the other";
  const deletes = profile === "conversations are deleted" || profile === repeating;
  const hurries = profile === "nobody has time";
  const again = profile === "the owner redrives";
  const conversations = prng.between(1, 2);
  const spreadMs = prng.pick([0, 50, 4_000, 20_000]);
  const messages = Array.from({ length: prng.between(3, 8) }, (_, i): PlannedMessage => {
    const atMs = prng.below(spreadMs + 1);
    const cancels = prng.chance(races ? 0.5 : mixed ? 0.25 : 0.1);
    return {
      conversation: `c${prng.below(conversations)}`,
      text: `m${i} ${prng.chance(0.03) ? "long ".repeat(8_000) : ""}`.trim(),
      atMs,
      insists: prng.chance(0.8),
      cancelAtMs: cancels ? atMs + prng.below(12_000) : undefined,
    };
  });
  const mood = prng.pick<Mood>(
    again ? ["bad"] : mixed ? ["well", "moody", "bad"] : ["well", "well", "moody"],
  );
  // Failed runs take their time: some are redriven after the calm.
  const redrives = again ? 6 : prng.chance(mood === "well" ? 0.15 : 0.6) ? prng.between(1, 3) : 0;
  const redrivesAtMs = Array.from({ length: redrives }, () => prng.between(2_000, 60_000));
  const deletions = deletes ? prng.between(2, 4) : prng.chance(0.2) ? 1 : 0;
  const outage = (store: "table" | "queue") => {
    const fromMs = prng.below(15_000);
    return { store, fromMs, untilMs: fromMs + prng.pick([500, 5_000, 20_000]) };
  };
  return {
    profile,
    messages,
    rates: { ...noFaults, ...profiles[profile] },
    killPoint: undefined,
    mood,
    isWire: prng.chance(0.15),
    workers: races ? 3 : prng.between(1, 3),
    skewMs: prng.pick([0, 0, 50, 3_000, mixed ? 15_000 : 0]),
    outages: mixed && prng.chance(0.4) ? [outage(prng.pick(["table", "queue"]))] : [],
    deletions: Array.from({ length: deletions }, () => ({
      conversation: `c${prng.below(conversations)}`,
      atMs: prng.below(spreadMs + (deletes ? 500 : 15_000)),
    })),
    // Sometimes twice at once, as by two tabs.
    redrivesAtMs: redrivesAtMs.flatMap((atMs) => (prng.chance(0.5) ? [atMs, atMs] : [atMs])),
    queuedMaxMs: hurries ? 3_000 : prng.chance(0.2) ? 12_000 : defaultPolicy.queuedMaxMs,
    visibilityMs: prng.pick([15_000, 70_000]),
    // Soon enough to find the lease of a process that only stands still.
    sweepEveryMs: races || hurries ? 3_000 : 20_000,
    calmAtMs: 40_000,
    openMax: prng.chance(0.1) ? 2 : 100,
    // By no draw of its own, so that a seed goes on to be what it was.
    acceptsInOne: messages.length % 2 === 1,
    budgets: null,
  };
}

/**
 * Budgets for an episode: of runs, of money, of both. Some messages are refused by most of them.
 * @param prng of its own, so that an episode is the same with and without it.
 */
export const chooseBudgets = (prng: Prng): Budgets => ({
  bot: chooseLimit(prng),
  owner: prng.chance(0.7) ? chooseLimit(prng) : null,
});

function chooseLimit(prng: Prng): Budget.Limit {
  const byRuns = prng.chance(0.6);
  return {
    period: prng.pick(["DAY", "TOTAL"]),
    runs: byRuns ? prng.between(1, 6) : null,
    spendMicroUsd: byRuns && prng.chance(0.5) ? null : prng.between(15_000, 150_000),
  };
}

/** What two messages meet while a worker dies at one chosen call; together: every await point. */
export const scenarios = {
  answered: {},
  failing: { mood: "worst" },
  cancelled: { cancelAtMs: 1_500 },
  deleted: { deletions: [{ conversation: "c0", atMs: 1_500 }] },
  redriven: { mood: "worst", calmAtMs: 12_000, redrivesAtMs: [10_000, 20_000, 40_000] },
  late: { queuedMaxMs: 2_000, sweepEveryMs: 2_000 },
} satisfies Record<string, Partial<Plan> & { cancelAtMs?: number }>;
export type Scenario = keyof typeof scenarios;

/** As many clients at once as twice a budget suffices for; each goes on until it is told. */
export const storm = { clients: 200, runs: 100 };

export function planOfStorm(prng: Prng): Plan {
  const { clients, runs } = storm;
  return {
    ...planOfKillPoint("answered", { when: "before", call: 0 }),
    profile: "twice as many as the budget suffices for",
    killPoint: undefined,
    messages: Array.from({ length: clients }, (_, i) => ({
      conversation: `c${i}`,
      text: `m${i}`,
      atMs: prng.below(50),
      insists: true,
      cancelAtMs: undefined,
    })),
    rates: { ...noFaults, ...profiles["everything at once"], stall: 0, max: 40 },
    workers: 3,
    acceptsInOne: true,
    budgets: {
      bot: { period: "DAY", runs, spendMicroUsd: null },
      owner: prng.chance(0.5) ? { period: "TOTAL", runs, spendMicroUsd: null } : null,
    },
  };
}

export function planOfKillPoint(scenario: Scenario, killPoint: KillPoint): Plan {
  const { cancelAtMs, ...rest }: Partial<Plan> & { cancelAtMs?: number } = scenarios[scenario];
  const message = (i: number): PlannedMessage => ({
    conversation: "c0",
    text: `m${i}`,
    atMs: 0,
    insists: true,
    cancelAtMs,
  });
  return {
    profile: `${scenario}; a worker dies ${killPoint.when} its call ${killPoint.call}`,
    messages: [message(0), message(1)],
    rates: noFaults,
    killPoint,
    mood: "well",
    isWire: false,
    workers: 2,
    skewMs: 0,
    outages: [],
    deletions: [],
    redrivesAtMs: [],
    queuedMaxMs: defaultPolicy.queuedMaxMs,
    visibilityMs: 15_000,
    sweepEveryMs: 20_000,
    calmAtMs: 40_000,
    openMax: 100,
    acceptsInOne: false,
    budgets: null,
    ...rest,
  };
}
