import { Show } from "solid-js";
import { formatNumber, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import type { Key, KeyBudget } from "../queries.ts";
import { copy } from "./copy.ts";

const words = copy.limits;

/** What a key has of its own, and how much of its budget is used. */
export function KeyLimits(props: { of: Key; budget: KeyBudget | undefined }) {
  const said = () => limitsOf(props.of, props.budget);
  return (
    <Show when={said().length > 0} fallback={words.none}>
      <span class={page.small}>{said().join(" · ")}</span>
    </Show>
  );
}

function limitsOf(key: Key, standing: KeyBudget | undefined): string[] {
  const { scopes, throttle, quota, budget, allowedIps, allowedOrigins } = key;
  const used = standing?.used;
  return [
    ...(scopes.length < 3 ? [scopes.map((scope) => copy.fields.scope[scope]).join(", ")] : []),
    ...(throttle ? [words.rate(formatNumber(throttle.rateLimit))] : []),
    ...(quota ? [words.quota(formatNumber(quota.limit), copy.fields.periods[quota.period])] : []),
    ...(budget?.spendMicroUsd == null
      ? []
      : [words.spend(formatUsd(used?.spendMicroUsd ?? 0), formatUsd(budget.spendMicroUsd))]),
    ...(budget?.runs == null
      ? []
      : [words.runs(formatNumber(used?.runs ?? 0), formatNumber(budget.runs))]),
    ...(allowedIps.length > 0 ? [words.addresses(allowedIps.length)] : []),
    ...(allowedOrigins === null ? [] : [words.origins(allowedOrigins.length)]),
  ];
}
