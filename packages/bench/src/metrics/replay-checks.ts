import type { Client } from "@outlet/local/runtime/runtime-fixture";
import type { Checks } from "./checks.ts";
import type { Replay } from "./replay.ts";
import type { Clients } from "./stack.ts";
import { errorTruth, gatewayTruth, timingTruth, type UsageTruth, usageTruth } from "./truth.ts";

type Json = Awaited<ReturnType<Client>>["json"];

const ask = async (client: Client, target: string) => {
  const reply = await client("GET", target);
  if (reply.status !== 200) throw new Error(`${target}: ${reply.text}`);
  return reply;
};

/** Holds what the routes answer against what went in. */
export async function checkReplay({ owner, admin }: Clients, replay: Replay, checks: Checks) {
  const { bot, from, to } = replay;
  const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const path = `/bots/${bot.botId}/publication`;
  const read = async (client: Client, target: string): Promise<Json> =>
    (await ask(client, target)).json;

  const gateway = checkGateway(await read(owner, `${path}/metrics?${range}&period=60`));
  const usage = await read(owner, `${path}/usage?${range}&by=hour`);
  const total = usageTruth(replay, () => "all").get("all");
  if (!total) throw new Error("Nothing was replayed.");
  checkSum("usage", usage.total, total);
  checks.equal("errors by code", usage.total.errors, errorTruth(replay));
  for (const name of ["queueMs", "firstTokenMs", "runMs"] as const) {
    const truth = timingTruth(replay, name);
    checks.equal(`${name}, how many`, usage.total[name].count, truth.count);
    checks.equal(`${name}, longest`, usage.total[name].maxMs, truth.maxMs);
    for (const quantile of ["p50Ms", "p99Ms"] as const) {
      checks.near(`${name}, ${quantile}`, usage.total[name][quantile], truth[quantile]);
    }
  }
  checkGroups("hour", usage.groups, ({ finishedAt }) =>
    new Date(finishedAt - (finishedAt % 3_600_000)).toISOString(),
  );
  const byKey = await read(owner, `${path}/usage?${range}&by=key`);
  checkGroups("key", byKey.groups, ({ keyId }) => keyId);
  const byModel = await read(owner, `${path}/usage?${range}&by=model`);
  checkGroups("model", byModel.groups, ({ model }) => model);
  await checkCsv();
  await checkCosts();
  return { counts: gateway.counts, quantiles: gateway.quantiles, usage: total };

  function checkGateway(metrics: Json) {
    const truth = gatewayTruth(replay);
    for (const [name, wanted] of Object.entries(truth.counts)) {
      checks.equal(`gateway, ${name}`, metrics.totals[name], wanted);
    }
    const perMinute = metrics.points.flatMap((p: { at: string; requests: number | null }) =>
      p.requests === null ? [] : [[Date.parse(p.at), p.requests]],
    );
    checks.equal("requests by the minute", perMinute, truth.perMinute);
    const quantiles = truth.quantiles.map(({ name, exact }) => {
      const found: number = metrics.totals[name];
      checks.near(`gateway, ${name}`, found, exact);
      return { name, exact, found, errorPercent: Math.round((found / exact - 1) * 1e5) / 1e3 };
    });
    return { counts: truth.counts, quantiles };
  }

  function checkSum(name: string, found: Json, wanted: UsageTruth) {
    for (const [part, value] of Object.entries(wanted)) {
      checks.equal(`${name}, ${part}`, found?.[part], value);
    }
  }

  function checkGroups(
    by: string,
    groups: { group: string }[],
    groupOf: Parameters<typeof usageTruth>[1],
  ) {
    const truth = usageTruth(replay, groupOf);
    const found = new Map(groups.map((group) => [group.group, group]));
    checks.equal(`groups by ${by}`, [...found.keys()].sort(), [...truth.keys()].sort());
    for (const [name, wanted] of truth) checkSum(`${by} ${name}`, found.get(name), wanted);
  }

  async function checkCsv() {
    const { text } = await ask(owner, `${path}/usage?${range}&by=key&format=csv`);
    const [header = "", ...rows] = text.trimEnd().split("\r\n");
    const cells = (row: string) => row.slice(1, -1).split('","');
    const column = cells(header).indexOf("costMicroUsd");
    const sum = rows.reduce((cost, row) => cost + Number(cells(row)[column]), 0);
    checks.equal("cost in the CSV by key", sum, total?.costMicroUsd);
  }

  async function checkCosts() {
    for (const by of ["bot", "owner", "model", "key"]) {
      const costs = await read(admin, `/admin/costs?${range}&by=${by}`);
      const sum = (name: string) =>
        costs.groups.reduce(
          (all: number, group: Record<string, number>) => all + (group[name] ?? 0),
          0,
        );
      checks.equal(`cost over all bots by ${by}`, costs.totalMicroUsd, total?.costMicroUsd);
      checks.equal(`sum of the parts by ${by}`, sum("costMicroUsd"), costs.totalMicroUsd);
      checks.equal(`shares by ${by}`, sum("shareBasisPoints"), 10_000);
    }
  }
}
