import { DownloadCsv } from "~/page-parts/csv/download-csv.tsx";
import page from "~/page-parts/page.module.css";
import { timesOf } from "~/page-parts/range/range.ts";
import { copy } from "./copy.ts";
import { type By, type Scope, stepOf } from "./queries.ts";

/** What the page shows, as tables. */
export function Downloads(props: { botId: string; scope: Scope }) {
  const path = () => `/api/bots/${props.botId}/publication`;
  const usage = (by: () => By) => () => ({
    ...timesOf(props.scope.range),
    by: by(),
    keyId: props.scope.keyId || undefined,
  });
  return (
    <div class={page.row}>
      <DownloadCsv
        path={`${path()}/metrics`}
        query={() => timesOf(props.scope.range)}
        fileName="metrics"
        label={copy.csvRequests}
      />
      <DownloadCsv
        path={`${path()}/usage`}
        query={usage(() => stepOf(props.scope.range))}
        fileName="usage"
        label={copy.csvUsage}
      />
      <DownloadCsv
        path={`${path()}/usage`}
        query={usage(() => "key")}
        fileName="usage-by-key"
        label={copy.csvKeys}
      />
      <DownloadCsv
        path={`${path()}/usage`}
        query={usage(() => "model")}
        fileName="usage-by-model"
        label={copy.csvModels}
      />
    </div>
  );
}
