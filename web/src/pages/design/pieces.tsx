/** Pieces of pages, in states that take an effort to bring about. */
import { For } from "solid-js";
import page from "~/page-parts/page.module.css";
import { publicationStatuses, runStatuses, syncStatuses } from "~/page-parts/status/status.ts";
import { PublicationChip, RunChip, SyncChip } from "~/page-parts/status/status-chip.tsx";
import { copy as editorCopy } from "~/pages/bots/bot/editor/copy.ts";
import { SourceRow } from "~/pages/bots/bot/editor/knowledge.tsx";
import { KeyState } from "~/pages/bots/bot/keys/key-row.tsx";
import { type Prerequisite, PrerequisiteRow } from "~/pages/bots/bot/publish/checklist.tsx";
import { copy as publishCopy } from "~/pages/bots/bot/publish/copy.ts";
import { Unconfirmed, UnderWay } from "~/pages/bots/bot/publish/publish.tsx";
import type { Source } from "~/pages/bots/bot/queries.ts";
import { Timing } from "~/pages/bots/bot/requests/request/timing.tsx";
import { Card } from "~/ui/card.tsx";
import { Chip } from "~/ui/chip.tsx";
import { Time } from "~/ui/time.tsx";
import { copy } from "./copy.ts";

const nothing = () => {};
const past = "2026-01-05T09:30:00.000Z";
const future = "2126-01-05T09:30:00.000Z";

export const Chips = () => (
  <Card title={copy.chips}>
    <div class={page.row}>
      <For each={publicationStatuses}>{(status) => <PublicationChip status={status} />}</For>
    </div>
    <div class={page.row}>
      <For each={syncStatuses}>{(status) => <SyncChip of="source" status={status} />}</For>
    </div>
    <div class={page.row}>
      <For each={runStatuses}>{(status) => <RunChip status={status} />}</For>
    </div>
    <div class={page.row}>
      <Chip>{copy.plain}</Chip>
      <KeyState of={{ enabled: true, expiresAt: null, graceEndsAt: future }} />
      <KeyState of={{ enabled: false, expiresAt: null, graceEndsAt: null }} />
      <KeyState of={{ enabled: true, expiresAt: past, graceEndsAt: null }} />
    </div>
    <p>
      <Time at={past} />
    </p>
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
  failureCode: null,
  notes: [],
  progress: null,
  url: null,
  siteId: null,
  createdAt: past,
};

const sources: Source[] = [
  source,
  {
    ...source,
    name: "prices.csv",
    status: "RUNNING",
    progress: { done: 3, total: 8, of: "pages" },
  },
  { ...source, name: "report.pdf", notes: [copy.note] },
  { ...source, name: "faq.html", status: "QUEUED" },
  { ...source, name: "broken.json", status: "FAILED", failure: copy.failure },
];

export const Sources = () => (
  <Card title={editorCopy.knowledge.title}>
    <ul>
      <For each={sources}>
        {(one) => <SourceRow source={one} onOpen={nothing} onRemove={nothing} />}
      </For>
    </ul>
  </Card>
);

const prerequisites: Prerequisite[] = [
  { name: "may_publish", met: true, required: true, detail: copy.metDetail },
  { name: "scope", met: false, required: true, detail: copy.unmetDetail },
  { name: "test_run", met: false, required: false, detail: copy.unmetDetail },
];

export const Publishing = () => (
  <>
    <Card title={publishCopy.checklist}>
      <ul>
        <For each={prerequisites}>{(item) => <PrerequisiteRow of={item} editor="/design" />}</For>
      </ul>
    </Card>
    <UnderWay status="publishing" progress={{ done: 4, total: 9, current: "RestApi" }} />
    <UnderWay status="unpublishing" progress={null} />
    <Unconfirmed verified={{ result: "not_yet", at: "2026-11-22T10:00:00.000Z" }} />
    <Unconfirmed verified={{ result: "refused", at: "2026-11-22T10:00:00.000Z" }} />
  </>
);

export const Requests = () => (
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
      title={copy.noTiming}
      run={{ createdAt: past, finishedAt: null, queueMs: null, firstTokenMs: null, runMs: null }}
    />
  </>
);
