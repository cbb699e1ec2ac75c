/** What shows: colours, buttons, words, code, tables. */
import { For } from "solid-js";
import { ApiError } from "~/api/api-error.ts";
import { copy as apiCopy } from "~/api/copy.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { copy as keysCopy } from "~/pages/bots/bot/keys/copy.ts";
import { copy as publishCopy } from "~/pages/bots/bot/publish/copy.ts";
import type { Key } from "~/pages/bots/bot/queries.ts";
import { copy as botsCopy } from "~/pages/bots/copy.ts";
import { Button, ButtonLink, type Look } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { Disclosure } from "~/ui/disclosure.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Progress } from "~/ui/progress.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Spinner } from "~/ui/spinner.tsx";
import { Table } from "~/ui/table.tsx";
import { Tabs } from "~/ui/tabs.tsx";
import { copy } from "./copy.ts";
import styles from "./design.module.css";

const looks: Look[] = ["primary", "secondary", "quiet", "danger", "danger-quiet"];
const tokens = [
  "page card sunken edge line text soft accent accent-tint",
  "good good-tint warn warn-tint bad bad-tint",
  "chart-1 chart-2 chart-3 chart-4 chart-5 chart-6 chart-bad chart-warn heat",
]
  .join(" ")
  .split(" ");
const nothing = () => {};

export const Colours = () => (
  <Card title={copy.colours}>
    <ul class={styles.swatches}>
      <For each={tokens}>
        {(token) => (
          <li class={styles.swatch}>
            <span class={styles.colour} data-token={token} />
            <code>{token}</code>
          </li>
        )}
      </For>
    </ul>
  </Card>
);

export const Buttons = () => (
  <Card title={copy.buttons}>
    <For each={looks}>
      {(look) => (
        <div class={page.row}>
          <Button look={look}>{copy.looks[look]}</Button>
          <Button look={look} size="small">
            {copy.small}
          </Button>
          <Button look={look} busy>
            {copy.busy}
          </Button>
          <Button look={look} disabled>
            {copy.disabled}
          </Button>
        </div>
      )}
    </For>
    <div class={page.row}>
      <ButtonLink href="/design">{copy.link}</ButtonLink>
      <Button look="primary">
        <Icon name="plus" />
        {copy.withIcon}
      </Button>
      <CopyButton value={copy.title} label={copy.copy} words />
      <CopyButton value={copy.title} label={copy.copy} />
    </div>
  </Card>
);

export const Notices = () => (
  <Card title={copy.notices}>
    <Notice title={copy.info}>
      <p>{copy.lead}</p>
    </Notice>
    <Notice tone="good" title={copy.good}>
      <p>{copy.lead}</p>
    </Notice>
    <Notice tone="warn" title={copy.warn}>
      <p>{copy.lead}</p>
    </Notice>
    <Notice tone="bad" title={copy.bad}>
      <p>{copy.lead}</p>
    </Notice>
  </Card>
);

export const Errors = () => (
  <Card title={copy.errors}>
    <ErrorPanel
      title={botsCopy.failed}
      error={
        new ApiError({
          message: apiCopy.offline,
          status: 0,
          code: "offline",
          requestId: null,
        })
      }
      onRetry={nothing}
    />
    <ErrorPanel
      title={publishCopy.refused}
      error={
        new ApiError({
          message: copy.refusal,
          status: 500,
          code: "internal_error",
          requestId: "0f9c3a52-7c1e-4a57-9d55-6b0f3f2f8f10",
        })
      }
      onRetry={nothing}
    />
  </Card>
);

export const Waiting = () => (
  <Card title={copy.waiting}>
    <Progress label={copy.determinate} done={3} total={8} words={copy.steps} />
    <Progress label={copy.indeterminate} words={publishCopy.waiting} />
    <p class={page.row}>
      <Spinner /> {common.loading}
    </p>
    <Skeleton />
    <Skeleton kind="row" count={2} />
    <Skeleton kind="card" />
  </Card>
);

export const Codes = () => (
  <Card title={copy.code}>
    <CodeBlock code={copy.command} label={copy.commandLabel} copyLabel={copy.copy} />
    <Tabs
      label={copy.tabs}
      tabs={[
        { id: "a", label: copy.first, content: () => <p>{copy.lead}</p> },
        { id: "b", label: copy.second, content: () => <p>{copy.hint}</p> },
      ]}
    />
    <Disclosure summary={copy.closed}>
      <p>{copy.lead}</p>
    </Disclosure>
    <Disclosure summary={copy.opened} defaultOpen>
      <p>{copy.lead}</p>
    </Disclosure>
  </Card>
);

const key: Pick<Key, "label" | "last4"> = { label: copy.value, last4: "x8Qe" };

export const Tables = () => (
  <Table
    label={copy.table}
    columns={[
      { label: keysCopy.label },
      { label: keysCopy.value },
      { label: copy.amount, number: true },
    ]}
  >
    <For each={[1, 20, 300]}>
      {(amount) => (
        <tr>
          <td data-label={keysCopy.label}>{key.label}</td>
          <td data-label={keysCopy.value}>
            <code>outlet_…{key.last4}</code>
          </td>
          <td data-label={copy.amount} data-number="">
            {amount}
          </td>
        </tr>
      )}
    </For>
  </Table>
);
