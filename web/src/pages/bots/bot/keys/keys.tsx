import { Key as Keyed } from "@solid-primitives/keyed";
import { createSignal, Show } from "solid-js";
import { useMe } from "~/api/me.ts";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { isLive } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Icon } from "~/ui/icon.tsx";
import { More } from "~/ui/more.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { EraseClient } from "~/page-parts/erasure/erase-client.tsx";
import { Erasures } from "~/page-parts/erasure/erasures.tsx";
import { NotPublished } from "../not-published.tsx";
import { type Key, useBudgets, useKeys, usePublication } from "../queries.ts";
import { copy } from "./copy.ts";
import { CreateKey } from "./create-key.tsx";
import { DeleteKey } from "./delete-key.tsx";
import { EditKey } from "./edit-key.tsx";
import type { Shared } from "./key-limits.tsx";
import { KeyRow } from "./key-row.tsx";
import { RevokeKeys } from "./revoke-keys.tsx";
import { RotateKey } from "./rotate-key.tsx";

export default function Keys() {
  const bot = useCurrentBot();
  const me = useMe();
  const publication = usePublication(() => bot().botId);
  const mayManage = () => me.data?.may.publish.allowed === true;
  return (
    <Async query={publication} title={copy.failed}>
      {(data) => (
        <Show
          when={isLive(data().status) && mayManage()}
          fallback={<NotPublished what={copy.what} />}
        >
          <KeyList botId={bot().botId} endpoint={data().endpoint ?? ""} shared={data()} />
        </Show>
      )}
    </Async>
  );
}

function KeyList(props: { botId: string; endpoint: string; shared: Shared }) {
  const keys = useKeys(
    () => props.botId,
    () => true,
  );
  const [creating, setCreating] = createSignal(false);
  const [rotating, setRotating] = createSignal<Key>();
  const [editing, setEditing] = createSignal<Key>();
  const [erasing, setErasing] = createSignal<Key>();
  const [deleting, setDeleting] = createSignal<Key>();
  const [chosen, setChosen] = createSignal<readonly string[]>([]);
  const [revoking, setRevoking] = createSignal<readonly string[] | "all">();
  const budgets = useBudgets(() => props.botId);
  const budgetOf = (keyId: string) =>
    budgets.data?.budgets.find((budget) => budget.keyId === keyId);
  const choose = (keyId: string, on: boolean) =>
    setChosen((now) => [...now.filter((one) => one !== keyId), ...(on ? [keyId] : [])]);
  const all = () => keys.data?.pages.flatMap((one) => one.keys) ?? [];
  const generate = () => (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Icon name="plus" />
      {copy.generate}
    </Button>
  );
  return (
    <div class={page.page}>
      <PageHead title={copy.title} lead={copy.lead}>
        <Show when={all().length > 0}>
          <span class={page.row}>
            <Show
              when={chosen().length > 0}
              fallback={
                <Button look="danger-quiet" onClick={() => setRevoking("all")}>
                  {copy.revokeAll}
                </Button>
              }
            >
              <Button look="danger" onClick={() => setRevoking(chosen())}>
                {copy.revokeChosen(chosen().length)}
              </Button>
            </Show>
            {generate()}
          </span>
        </Show>
      </PageHead>
      <Async query={keys} title={copy.failed} skeleton={<Skeleton kind="row" count={3} />}>
        {() => (
          <Show
            when={all().length > 0}
            fallback={
              <EmptyState
                icon="key"
                title={copy.emptyTitle}
                text={copy.emptyText}
                action={generate()}
              />
            }
          >
            <Table
              label={copy.title}
              columns={[
                { label: copy.select },
                { label: copy.label },
                { label: copy.value },
                { label: copy.state },
                { label: copy.limits.label },
                { label: copy.created },
                { label: copy.expires },
                { label: copy.lastUsed },
                { label: copy.today, number: true },
                { label: copy.actions },
              ]}
            >
              {/* By id: a row that changes keeps its menu, and the focus in it. */}
              <Keyed each={all()} by="keyId">
                {(key) => (
                  <KeyRow
                    key={key()}
                    botId={props.botId}
                    budget={budgetOf(key().keyId)}
                    shared={props.shared}
                    isChosen={chosen().includes(key().keyId)}
                    onChoose={(on) => choose(key().keyId, on)}
                    onEdit={() => setEditing(key())}
                    onRotate={() => setRotating(key())}
                    onErase={() => setErasing(key())}
                    onDelete={() => setDeleting(key())}
                  />
                )}
              </Keyed>
            </Table>
            <p class={`${page.small} ${page.soft}`}>{copy.todayHint}</p>
            <More of={keys} label={copy.more} />
          </Show>
        )}
      </Async>
      <Erasures
        botId={props.botId}
        labelsOf={(clientId) =>
          all().flatMap((key) => (key.clientId === clientId ? [key.label] : []))
        }
      />
      <CreateKey
        open={creating()}
        onClose={() => setCreating(false)}
        botId={props.botId}
        endpoint={props.endpoint}
      />
      <RotateKey
        of={rotating()}
        onClose={() => setRotating(undefined)}
        botId={props.botId}
        endpoint={props.endpoint}
      />
      <EditKey of={editing()} onClose={() => setEditing(undefined)} botId={props.botId} />
      <RevokeKeys
        of={revoking()}
        onClose={() => setRevoking(undefined)}
        onRevoked={() => setChosen([])}
        botId={props.botId}
      />
      <EraseClient of={erasing()} onClose={() => setErasing(undefined)} botId={props.botId} />
      <DeleteKey of={deleting()} onClose={() => setDeleting(undefined)} botId={props.botId} />
    </div>
  );
}
