import { useSearchParams } from "@solidjs/router";
import { Show } from "solid-js";
import { formatNumber } from "~/format.ts";
import { timesOf, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { HeatMap } from "~/ui/chart/heat-map.tsx";
import { Combobox } from "~/ui/combobox.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { AdminPage } from "../admin-page.tsx";
import { copy } from "./copy.ts";
import { TopErrors } from "./errors.tsx";
import { type PatternReport, usePatterns } from "./queries.ts";

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** Those that the browser knows; UTC is not always among them. */
const zones = [...new Set(["UTC", here, ...Intl.supportedValuesOf("timeZone")])];

export default function Patterns() {
  const [search, setSearch] = useSearchParams<{ zone?: string }>();
  const [range, setRange] = useRange("30d");
  const zone = () => search.zone ?? here;
  const patterns = usePatterns(range, zone);
  return (
    <AdminPage
      copy={copy}
      csv={{
        path: "/api/admin/patterns",
        fileName: "patterns",
        query: () => ({ ...timesOf(range()), timeZone: zone() }),
      }}
      filters={
        <>
          <RangePicker range={range()} onChange={setRange} lasts={["24h", "7d", "30d"]} />
          <Combobox
            label={copy.zone}
            hint={copy.zoneHint}
            openLabel={copy.zones}
            options={zones}
            value={zone()}
            onChange={(value) => setSearch({ zone: value === here ? undefined : value })}
          />
        </>
      }
    >
      <Async query={patterns} title={copy.failed} skeleton={<Skeleton kind="card" count={1} />}>
        {(data) => (
          <Show
            when={data().requests > 0}
            fallback={<EmptyState icon="info" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <Card
              title={copy.heat}
              hint={copy.heatHint(formatNumber(data().requests), data().timeZone)}
            >
              <Show when={!data().exact}>
                <Notice tone="warn">
                  <p>{copy.inexact}</p>
                </Notice>
              </Show>
              <Week cells={data().cells} />
            </Card>
          </Show>
        )}
      </Async>
      <TopErrors range={range()} />
    </AdminPage>
  );
}

/** The API tells all 168 hours, from Monday 0 h on. */
function Week(props: { cells: PatternReport["cells"] }) {
  const rows = () =>
    copy.weekdays.map((label, day) => ({
      label,
      values: props.cells.slice(day * 24, day * 24 + 24).map(({ requests }) => requests),
    }));
  return (
    <HeatMap
      label={copy.heatLabel}
      corner={copy.weekday}
      columns={Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"))}
      rows={rows()}
      format={formatNumber}
    />
  );
}
