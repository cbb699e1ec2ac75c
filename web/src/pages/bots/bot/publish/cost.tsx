import { formatNumber } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import type { settings } from "~/page-parts/publication/settings.ts";
import { Card } from "~/ui/card.tsx";
import { copy } from "./copy.ts";
import type { SettingsDraft } from "./settings-draft.ts";

const perMonth = { DAY: 30, WEEK: 30 / 7, MONTH: 1 } satisfies Record<
  keyof (typeof settings)["quota.period"]["options"],
  number
>;
const isPeriod = (text: string): text is keyof typeof perMonth => Object.hasOwn(perMonth, text);

/** What publishing costs, and what bounds it. Model prices are the model's own. */
export function Cost(props: { draft: SettingsDraft }) {
  const requests = () => {
    const period = props.draft.value("quota.period");
    return props.draft.isOn("quota") && isPeriod(period)
      ? Math.round(Number(props.draft.value("quota.limit")) * perMonth[period])
      : null;
  };
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
