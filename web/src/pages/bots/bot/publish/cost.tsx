import { formatNumber } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { Card } from "~/ui/card.tsx";
import { copy } from "./copy.ts";
import type { LimitFields } from "./limits.ts";

const perMonth = { DAY: 30, WEEK: 30 / 7, MONTH: 1 };

/** What publishing costs, and what bounds it. Model prices are the model's own. */
export function Cost(props: { limits: LimitFields }) {
  const requests = () =>
    props.limits.quotaOn
      ? Math.round(Number(props.limits.quotaLimit) * perMonth[props.limits.quotaPeriod])
      : null;
  const bound = () => {
    const most = requests();
    if (most === null || !Number.isFinite(most)) return copy.cost.unbounded;
    return copy.cost.bounded(formatNumber(most));
  };
  return (
    <Card title={copy.cost.title}>
      <ul class={page.form}>
        <li>{copy.cost.endpoint}</li>
        <li>{copy.cost.model}</li>
        <li>{bound()}</li>
      </ul>
    </Card>
  );
}
