import { createSignal, For } from "solid-js";
import { ApiError } from "../../api/client.ts";
import type { Key, Prerequisite, Publication, Source } from "../../api/queries.ts";
import { copy } from "../../copy.ts";
import { designCopy } from "../../copy-design.ts";
import { editorCopy } from "../../copy-editor.ts";
import { keysCopy } from "../../copy-keys.ts";
import { publishCopy } from "../../copy-publish.ts";
import { Button, ButtonLink, type Look } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Chip } from "../../ui/chip.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Combobox } from "../../ui/combobox.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { announce } from "../../ui/announcer.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Progress } from "../../ui/progress.tsx";
import { RadioGroup } from "../../ui/radio-group.tsx";
import { Select } from "../../ui/select.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { Switch } from "../../ui/switch.tsx";
import { Table } from "../../ui/table.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { Time } from "../../ui/time.tsx";
import { SourceRow } from "../bots/bot/editor/knowledge.tsx";
import { KeyState } from "../bots/bot/keys/key-row.tsx";
import { PrerequisiteRow } from "../bots/bot/publish/checklist.tsx";
import { UnderWay } from "../bots/bot/publish/publish.tsx";
import { Timing } from "../bots/bot/requests/timing.tsx";
import { RunChip } from "../bots/bot/requests/run-chip.tsx";
import { PublicationChip, SyncChip } from "../bots/status-chip.tsx";
import page from "../page.module.css";
import { PageTitle } from "../page-title.tsx";
import { Charts } from "./charts.tsx";
import styles from "./design.module.css";

const words = designCopy.design;
const looks: Look[] = ["primary", "secondary", "quiet", "danger", "danger-quiet"];
const tokens = [
  "page card sunken edge line text soft accent accent-tint",
  "good good-tint warn warn-tint bad bad-tint",
  "chart-1 chart-2 chart-3 chart-4 chart-5 chart-6 chart-bad chart-warn heat",
]
  .join(" ")
  .split(" ");
const nothing = () => {};
const past = "2026-01-05T09:30:00.000Z";
const future = "2126-01-05T09:30:00.000Z";

/** Every component in every state: what the pages are made of, in one place to look at. */
export default function Design() {
  return (
    <div class={page.page}>
      <PageTitle title={words.title} />
      <div class={page.words}>
        <h1>{words.title}</h1>
        <p class={page.lead}>{words.lead}</p>
      </div>
      <Colours />
      <div class={styles.grid}>
        <Buttons />
        <Chips />
        <Fields />
        <Choices />
        <Notices />
        <Errors />
        <Overlays />
        <Waiting />
        <Sources />
        <Publishing />
        <Codes />
        <Requests />
      </div>
      <EmptyState
        icon="bot"
        title={copy.bots.emptyTitle}
        text={copy.bots.emptyText}
        action={<Button look="primary">{copy.bots.createFirst}</Button>}
      />
      <Tables />
      <Charts />
    </div>
  );
}

const Colours = () => (
  <Card title={words.colours}>
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

const Buttons = () => (
  <Card title={words.buttons}>
    <For each={looks}>
      {(look) => (
        <div class={page.row}>
          <Button look={look}>{words.looks[look]}</Button>
          <Button look={look} size="small">
            {words.small}
          </Button>
          <Button look={look} busy>
            {words.busy}
          </Button>
          <Button look={look} disabled>
            {words.disabled}
          </Button>
        </div>
      )}
    </For>
    <div class={page.row}>
      <ButtonLink href="/design">{words.link}</ButtonLink>
      <Button look="primary">
        <Icon name="plus" />
        {words.withIcon}
      </Button>
      <CopyButton value={words.title} label={words.copy} words />
      <CopyButton value={words.title} label={words.copy} />
    </div>
  </Card>
);

const Chips = () => (
  <Card title={words.chips}>
    <div class={page.row}>
      <For each={Object.keys(copy.publicationStatus)}>
        {(status) => <PublicationChip status={status} />}
      </For>
    </div>
    <div class={page.row}>
      <For each={Object.keys(copy.syncStatus)}>{(status) => <SyncChip status={status} />}</For>
    </div>
    <div class={page.row}>
      <For each={Object.keys(copy.runStatus)}>{(status) => <RunChip status={status} />}</For>
    </div>
    <div class={page.row}>
      <Chip>{words.plain}</Chip>
      <KeyState of={{ enabled: true, expiresAt: null, graceEndsAt: future }} />
      <KeyState of={{ enabled: false, expiresAt: null, graceEndsAt: null }} />
      <KeyState of={{ enabled: true, expiresAt: past, graceEndsAt: null }} />
    </div>
    <p>
      <Time at={past} />
    </p>
  </Card>
);

function Fields() {
  const [value, setValue] = createSignal("");
  return (
    <Card title={words.fields}>
      <TextField label={words.field} hint={words.hint} value={value()} onInput={setValue} />
      <TextField
        label={words.wrong}
        hint={words.hint}
        value="-1"
        onInput={nothing}
        error={words.error}
      />
      <TextField label={words.off} value={words.value} onInput={nothing} disabled />
      <TextField label={words.long} value={words.lead} onInput={nothing} multiline rows={3} />
      <TextField label={words.mono} value="https://*.example.com" onInput={nothing} mono />
    </Card>
  );
}

function Choices() {
  const [picked, setPicked] = createSignal("a");
  const [typed, setTyped] = createSignal(words.first);
  const [on, setOn] = createSignal(true);
  const options = [
    { value: "a", label: words.first, hint: words.hint },
    { value: "b", label: words.second },
  ];
  return (
    <Card title={words.choices}>
      <Select label={words.select} options={options} value={picked()} onChange={setPicked} />
      <Select
        label={words.wrongSelect}
        options={options}
        value="a"
        onChange={nothing}
        error={words.error}
      />
      <Select label={words.offSelect} options={options} value="a" onChange={nothing} disabled />
      <Combobox
        label={words.combobox}
        hint={words.hint}
        openLabel={words.openList}
        options={[words.first, words.second]}
        value={typed()}
        onChange={setTyped}
      />
      <RadioGroup label={words.radio} options={options} value={picked()} onChange={setPicked} />
      <Switch label={words.switch} hint={words.hint} checked={on()} onChange={setOn} />
      <Switch label={words.switchOff} checked={!on()} onChange={(value) => setOn(!value)} />
      <Switch label={words.switchDisabled} checked onChange={nothing} disabled />
      <Checkbox label={words.checkbox} checked={on()} onChange={setOn} />
      <Checkbox label={words.checkboxOff} checked={!on()} onChange={(value) => setOn(!value)} />
    </Card>
  );
}

const Notices = () => (
  <Card title={words.notices}>
    <Notice title={words.info}>
      <p>{words.lead}</p>
    </Notice>
    <Notice tone="good" title={words.good}>
      <p>{words.lead}</p>
    </Notice>
    <Notice tone="warn" title={words.warn}>
      <p>{words.lead}</p>
    </Notice>
    <Notice tone="bad" title={words.bad}>
      <p>{words.lead}</p>
    </Notice>
  </Card>
);

const Errors = () => (
  <Card title={words.errors}>
    <ErrorPanel
      title={copy.bots.failed}
      error={
        new ApiError({
          message: copy.errors.offline,
          status: 0,
          code: "offline",
          requestId: null,
        })
      }
      onRetry={nothing}
    />
    <ErrorPanel
      title={publishCopy.publish.refused}
      error={
        new ApiError({
          message: words.refusal,
          status: 500,
          code: "internal_error",
          requestId: "0f9c3a52-7c1e-4a57-9d55-6b0f3f2f8f10",
        })
      }
      onRetry={nothing}
    />
  </Card>
);

function Overlays() {
  const [open, setOpen] = createSignal(false);
  const close = () => setOpen(false);
  return (
    <Card title={words.overlays}>
      <div class={page.row}>
        <Button onClick={() => setOpen(true)}>{words.openDialog}</Button>
        <Menu
          label={words.menu}
          trigger={words.menu}
          head={words.hint}
          groups={[
            [
              { label: words.first, onSelect: nothing, chosen: true },
              { label: words.off, onSelect: nothing, disabled: true },
            ],
            [{ label: words.delete, onSelect: nothing, danger: true }],
          ]}
        />
        <Button onClick={() => announce(words.said)}>{words.say}</Button>
        <Button onClick={() => announce(words.error, "bad")}>{words.sayBad}</Button>
      </div>
      <Dialog open={open()} onClose={close} title={words.dialog} description={words.lead}>
        <DialogActions>
          <Button onClick={close}>{copy.actions.cancel}</Button>
          <Button look="primary" onClick={close}>
            {words.done}
          </Button>
        </DialogActions>
      </Dialog>
    </Card>
  );
}

const Waiting = () => (
  <Card title={words.waiting}>
    <Progress label={words.determinate} done={3} total={8} words={words.steps} />
    <Progress label={words.indeterminate} words={publishCopy.publish.waiting} />
    <p class={page.row}>
      <Spinner /> {copy.loading}
    </p>
    <Skeleton />
    <Skeleton kind="row" count={2} />
    <Skeleton kind="card" />
  </Card>
);

const source: Source = {
  sourceId: "1",
  name: "opening-hours.md",
  kind: "markdown",
  bytes: 24_310,
  passages: 21,
  status: "SUCCEEDED",
  failure: null,
  createdAt: past,
};

const sources: Source[] = [
  source,
  { ...source, name: "prices.csv", status: "RUNNING" },
  { ...source, name: "faq.html", status: "QUEUED" },
  { ...source, name: "broken.json", status: "FAILED", failure: words.failure },
];

const Sources = () => (
  <Card title={editorCopy.knowledge.title}>
    <ul>
      <For each={sources}>{(one) => <SourceRow source={one} onRemove={nothing} />}</For>
    </ul>
  </Card>
);

const prerequisites: Prerequisite[] = [
  { name: "may_publish", met: true, required: true, detail: words.metDetail },
  { name: "scope", met: false, required: true, detail: words.unmetDetail },
  { name: "test_run", met: false, required: false, detail: words.unmetDetail },
];

const publishing: Pick<Publication, "status" | "progress"> = {
  status: "publishing",
  progress: { done: 4, total: 9, current: "RestApi" },
};

const Publishing = () => (
  <>
    <Card title={publishCopy.publish.checklist}>
      <ul>
        <For each={prerequisites}>{(item) => <PrerequisiteRow of={item} editor="/design" />}</For>
      </ul>
    </Card>
    <UnderWay publication={publishing} />
    <UnderWay publication={{ ...publishing, status: "unpublishing", progress: null }} />
  </>
);

const Codes = () => (
  <Card title={words.code}>
    <CodeBlock code={words.command} label={words.commandLabel} copyLabel={words.copy} />
    <Tabs
      label={words.tabs}
      tabs={[
        { id: "a", label: words.first, content: () => <p>{words.lead}</p> },
        { id: "b", label: words.second, content: () => <p>{words.hint}</p> },
      ]}
    />
    <Disclosure summary={words.closed}>
      <p>{words.lead}</p>
    </Disclosure>
    <Disclosure summary={words.opened} defaultOpen>
      <p>{words.lead}</p>
    </Disclosure>
  </Card>
);

const Requests = () => (
  <>
    <Timing
      run={{
        createdAt: past,
        finishedAt: "2026-01-05T09:30:01.522Z",
        queueMs: 42,
        firstTokenMs: 310,
        runMs: 1_480,
      }}
    />
    <Timing
      title={words.noTiming}
      run={{ createdAt: past, finishedAt: null, queueMs: null, firstTokenMs: null, runMs: null }}
    />
  </>
);

const key: Pick<Key, "label" | "last4"> = { label: words.value, last4: "x8Qe" };

const Tables = () => (
  <Table
    label={words.table}
    columns={[
      { label: keysCopy.keys.label },
      { label: keysCopy.keys.value },
      { label: words.amount, number: true },
    ]}
  >
    <For each={[1, 20, 300]}>
      {(amount) => (
        <tr>
          <td data-label={keysCopy.keys.label}>{key.label}</td>
          <td data-label={keysCopy.keys.value}>
            <code>outlet_…{key.last4}</code>
          </td>
          <td data-label={words.amount} data-number="">
            {amount}
          </td>
        </tr>
      )}
    </For>
  </Table>
);
