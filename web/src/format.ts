import { copy } from "./copy.ts";

const number = new Intl.NumberFormat();
const usd = new Intl.NumberFormat(undefined, {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

/** Of a share of 1. */
export const formatPercent = (share: number): string => percent.format(share);

export const formatNumber = (value: number): string => number.format(value);

export const formatUsd = (microUsd: number): string => usd.format(microUsd / 1e6);

export const formatTokens = (tokens: number): string =>
  `${number.format(tokens)} ${tokens === 1 ? "token" : "tokens"}`;

export const formatMs = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** How long, in the largest unit of which there is a whole one: `3 days`; at least a minute. */
export function formatAge(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["minute", 60];
  const count = Math.max(1, Math.floor(seconds / size));
  return `${formatNumber(count)} ${count === 1 ? unit : `${unit}s`}`;
}

/** Account and Region of a publication; what runs embedded is in no account. */
export const formatCell = (cell: string | null): string =>
  cell === null ? copy.none : cell.startsWith("000000000000/") ? copy.thisMachine : cell;
