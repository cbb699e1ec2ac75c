import type { Figures } from "./paths/rounds.ts";

/** What a part of `npm run bench` found, as the rows of docs/bench.md are written. */
export function tableOf(figures: Record<string, Figures>): string {
  const rows = Object.entries(figures).map(([name, of]) => [
    name,
    of.perSecond.toLocaleString("en"),
    String(of.p50Ms),
    String(of.p99Ms),
    Object.values(of.cpuUs)
      .map((us) => us.toLocaleString("en"))
      .join(" + "),
    of.rounds.map(({ perSecond }) => Math.round(perSecond).toLocaleString("en")).join(", "),
  ]);
  const head = ["", "per second", "p50 ms", "p99 ms", "CPU µs a request", "rounds, per second"];
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}
