import { publishCopy } from "../../../../copy-publish.ts";
import { formatNumber } from "../../../../format.ts";
import { Card } from "../../../../ui/card.tsx";
import page from "../../../page.module.css";
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
    if (most === null || !Number.isFinite(most)) return publishCopy.cost.unbounded;
    return publishCopy.cost.bounded(formatNumber(most));
  };
  return (
    <Card title={publishCopy.cost.title}>
      <ul class={page.form}>
        <li>{publishCopy.cost.endpoint}</li>
        <li>{publishCopy.cost.model}</li>
        <li>{bound()}</li>
      </ul>
    </Card>
  );
}
