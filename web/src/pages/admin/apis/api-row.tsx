import { useNavigate } from "@solidjs/router";
import { Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatAge, formatCell, formatNumber } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { PublicationChip } from "~/page-parts/status/status-chip.tsx";
import { Chip, type Tone } from "~/ui/chip.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Menu } from "~/ui/menu.tsx";
import { Time } from "~/ui/time.tsx";
import styles from "../admin.module.css";
import { copy as adminCopy } from "../copy.ts";
import { BotName, Owner } from "../who.tsx";
import { copy } from "./copy.ts";
import type { Publication } from "./queries.ts";

/** One API, and the way to the pages by which the administrator acts on it. */
export function ApiRow(props: { of: Publication }) {
  return (
    <tr data-bot={props.of.botId}>
      <td data-label={adminCopy.bot}>
        <span class={styles.tight}>
          <BotName
            botId={props.of.botId}
            title={props.of.title}
            deleted={props.of.deleted}
            page="/publish"
          />
          <Show when={props.of.endpoint}>
            {(endpoint) => (
              <code class={styles.endpoint} title={endpoint()}>
                {endpoint()}
              </code>
            )}
          </Show>
        </span>
      </td>
      <td data-label={adminCopy.owner}>
        <Owner ownerId={props.of.ownerId} ownerName={props.of.ownerName} />
      </td>
      <td data-label={adminCopy.status}>
        <span class={styles.tight}>
          <span>
            <PublicationChip status={props.of.status} />
          </span>
          <Show when={props.of.failure}>
            <span class={styles.long}>{props.of.failure}</span>
          </Show>
        </span>
      </td>
      <td data-label={copy.cell}>
        <span class={styles.whole}>{formatCell(props.of.cell)}</span>
      </td>
      <td data-label={copy.published}>
        <Show when={props.of.publishedAt} fallback={common.none}>
          {(at) => (
            <span class={styles.tight}>
              <span class={styles.whole}>{copy.age(formatAge(props.of.ageSeconds ?? 0))}</span>
              <span class={page.soft}>
                <Time at={at()} />
              </span>
            </span>
          )}
        </Show>
      </td>
      <td data-label={copy.limits}>
        <Limits of={props.of} />
      </td>
      <td data-label={copy.template}>
        <Template of={props.of} />
      </td>
      <td data-label={copy.actions} data-end="">
        <span class={styles.acts}>
          <Show when={props.of.endpoint}>
            {(endpoint) => <CopyButton value={endpoint()} label={copy.copyEndpoint} look="quiet" />}
          </Show>
          <Show when={!props.of.deleted}>
            <Acts of={props.of} />
          </Show>
        </span>
      </td>
    </tr>
  );
}

function Acts(props: { of: Publication }) {
  const navigate = useNavigate();
  const to = (path: string) => () => navigate(`/bots/${props.of.botId}${path}`);
  return (
    <Menu
      label={copy.actionsOf(props.of.title ?? props.of.botId)}
      trigger={<Icon name="more" />}
      groups={[
        [
          { label: copy.pages.publish, onSelect: to("/publish") },
          { label: copy.pages.keys, onSelect: to("/keys") },
          { label: copy.pages.metrics, onSelect: to("/metrics") },
          { label: copy.pages.requests, onSelect: to("/requests") },
          { label: copy.pages.editor, onSelect: to("") },
        ],
        [
          {
            label: copy.pages.audit,
            onSelect: () => navigate(`/admin/audit?bot=${props.of.botId}`),
          },
        ],
      ]}
    />
  );
}

const upgradeTones = {
  current: "plain",
  pending: "warn",
  in_progress: "busy",
  failed: "bad",
} satisfies Record<Exclude<Publication["upgradeState"], "none">, Tone>;

/** Which template its stack is made from, and whether that is the current one. */
function Template(props: { of: Publication }) {
  const state = () => (props.of.upgradeState === "none" ? undefined : props.of.upgradeState);
  return (
    <Show when={state()} fallback={common.none}>
      {(known) => (
        <span class={styles.tight}>
          <span>
            <Chip tone={upgradeTones[known()]}>{copy.upgrades[known()]}</Chip>
          </span>
          <Show when={props.of.templateVersion}>{(version) => <code>{version()}</code>}</Show>
          <Show when={props.of.upgradeFailure}>
            <span class={styles.long}>{props.of.upgradeFailure}</span>
          </Show>
        </span>
      )}
    </Show>
  );
}

function Limits(props: { of: Publication }) {
  return (
    <span class={`${styles.tight} ${styles.whole}`}>
      <Show when={props.of.throttle} fallback={<span>{copy.noThrottle}</span>}>
        {(throttle) => (
          <span>
            {copy.throttle(formatNumber(throttle().burstLimit), formatNumber(throttle().rateLimit))}
          </span>
        )}
      </Show>
      <Show when={props.of.quota} fallback={<span>{copy.noQuota}</span>}>
        {(quota) => (
          <span>{copy.quota(formatNumber(quota().limit), copy.periods[quota().period])}</span>
        )}
      </Show>
    </span>
  );
}
