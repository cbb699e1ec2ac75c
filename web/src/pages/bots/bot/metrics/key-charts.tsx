import { formatNumber } from "~/format.ts";
import type { Range } from "~/page-parts/range/range.ts";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { Chart, type ChartGroup } from "~/ui/chart/chart.tsx";
import type { ChartRange } from "~/ui/chart/model.ts";
import { copy } from "./copy.ts";
import { useKeyRequests } from "./queries.ts";
import { keyData } from "./series.ts";

interface Props {
  botId: string;
  keyId: string;
  range: Range;
  axis: ChartRange;
  group: ChartGroup;
}

/** What the gateway knows of one key, which is less than it knows of all. */
export function KeyCharts(props: Props) {
  const requests = useKeyRequests(
    () => props.botId,
    () => props.range,
    () => true,
  );
  return (
    <Card title={copy.gateway} hint={copy.gatewayOfKey}>
      <Async query={requests} title={copy.keyRequestsFailed}>
        {(data) => (
          <Chart
            title={copy.keyRequests}
            kind="bars"
            whole
            group={props.group}
            format={formatNumber}
            data={keyData(data(), props.keyId, props.axis, {
              label: copy.keyRequests,
              colour: "1",
              summary: formatNumber(
                data()
                  .requests.filter(({ keyId }) => keyId === props.keyId)
                  .reduce((sum, one) => sum + one.requests, 0),
              ),
            })}
          />
        )}
      </Async>
    </Card>
  );
}
