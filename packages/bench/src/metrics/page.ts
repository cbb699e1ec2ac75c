import { askedDays } from "./scale.ts";
import type { Bot, Clients } from "./stack.ts";

const warmUps = 3;
const day = 86_400_000;

interface Times {
  p50Ms: number;
  p95Ms: number;
  /** Of this process, which holds the API, the edge and the asking; the table is in another. */
  cpuMs: number;
  /** Questions that were not answered with 200. */
  failed: number;
  /** Milliseconds of each round, in order. */
  rounds: number[];
}

/** For each range a reader picks: what the page asks at once, and each question alone. */
export interface Pages {
  page: Record<string, Times>;
  each: Record<string, Times>;
}

/** What the metrics page asks of the control API, as the browser does: all at once. */
function questionsOf(botId: string, days: number): Record<string, string> {
  const path = `/bots/${botId}/publication`;
  const range = `from=${new Date(Date.now() - days * day).toISOString()}`;
  return {
    metrics: `${path}/metrics?${range}`,
    overTime: `${path}/usage?${range}&by=${days > 7 ? "day" : "hour"}`,
    byKey: `${path}/usage?${range}&by=key`,
    byModel: `${path}/usage?${range}&by=model`,
    alerts: `${path}/alerts`,
    keys: `${path}/keys?limit=100`,
  };
}

export async function measurePages(
  { owner }: Clients,
  { botId }: Bot,
  rounds: number,
): Promise<Pages> {
  const ask = async (target: string) => (await owner("GET", target)).status === 200;
  const pages: Pages = { page: {}, each: {} };
  for (const [name, days] of Object.entries({ day: 1, week: 7, month: askedDays })) {
    const questions = questionsOf(botId, days);
    pages.page[name] = await time(rounds, () => Promise.all(Object.values(questions).map(ask)));
    for (const [question, target] of Object.entries(questions)) {
      pages.each[`${name}, ${question}`] = await time(Math.ceil(rounds / 4), async () => [
        await ask(target),
      ]);
    }
  }
  return pages;
}

/** @param call whether each question was answered. */
async function time(rounds: number, call: () => Promise<boolean[]>): Promise<Times> {
  for (let i = 0; i < warmUps; i++) await call();
  const times: number[] = [];
  let failed = 0;
  const cpuBefore = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    const beganAt = performance.now();
    const answered = await call();
    times.push(tenths(performance.now() - beganAt));
    failed += answered.filter((well) => !well).length;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (quantile: number) => sorted[Math.ceil(quantile * rounds) - 1] ?? Number.NaN;
  const cpuMs = tenths((user + system) / 1000 / rounds);
  return { p50Ms: at(0.5), p95Ms: at(0.95), cpuMs, failed, rounds: times };
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
