import { Show } from "solid-js";
import { formatNumber, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import type { Key, KeyBudget, Publication } from "../queries.ts";
import { copy } from "./copy.ts";

const words = copy.limits;

export type Shared = Pick<Publication, "throttle" | "quota">;

/** What holds for a key: its own limits, how much of its budget is used, and what it has as every key. */
export function KeyLimits(props: { of: Key; budget: KeyBudget | undefined; shared: Shared }) {
  const own = () => limitsOf(props.of, props.budget);
  const shared = () => sharedLimits(props.of, props.shared);
  return (
    <Show when={own().length > 0 || shared().length > 0} fallback={words.none}>
      <Show when={own().length > 0}>
        <div class={page.small}>{own().join(" · ")}</div>
      </Show>
      <Show when={shared().length > 0}>
        <div class={`${page.small} ${page.soft}`}>{words.shared(shared().join(" · "))}</div>
      </Show>
    </Show>
  );
}

/** Of the publication, where the key has none of its own. */
const sharedLimits = (key: Key, { throttle, quota }: Shared): string[] =>
  rates(key.throttle ? null : throttle, key.quota ? null : quota);

const rates = (throttle: Shared["throttle"], quota: Shared["quota"]): string[] => [
  ...(throttle ? [words.rate(formatNumber(throttle.rateLimit))] : []),
  ...(quota ? [words.quota(formatNumber(quota.limit), copy.fields.periods[quota.period])] : []),
];

function limitsOf(key: Key, standing: KeyBudget | undefined): string[] {
  const { scopes, throttle, quota, budget, allowedIps, allowedOrigins } = key;
  const used = standing?.used;
  return [
    ...(scopes.length < 3 ? [scopes.map((scope) => copy.fields.scope[scope]).join(", ")] : []),
    ...rates(throttle, quota),
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
