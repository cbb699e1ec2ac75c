import { Chip, type Tone } from "~/ui/chip.tsx";
import { copy } from "./copy.ts";
import type { PublicationStatus, RunStatus, SyncStatus } from "./status.ts";

const publicationTones = {
  unpublished: "plain",
  publishing: "busy",
  published: "good",
  updating: "busy",
  paused: "warn",
  unpublishing: "busy",
  failed: "bad",
} satisfies Record<PublicationStatus, Tone>;

export const PublicationChip = (props: { status: PublicationStatus }) => (
  <Chip tone={publicationTones[props.status]} dot>
    {copy.publication[props.status]}
  </Chip>
);

const syncTones = {
  QUEUED: "busy",
  RUNNING: "busy",
  SUCCEEDED: "good",
  FAILED: "bad",
} satisfies Record<SyncStatus, Tone>;

/** Of one source, or of all knowledge of a bot together. */
export const SyncChip = (props: { status: SyncStatus; of: "source" | "knowledge" }) => (
  <Chip tone={syncTones[props.status]} dot>
    {copy[props.of][props.status]}
  </Chip>
);

const runTones = {
  queued: "busy",
  in_progress: "busy",
  completed: "good",
  failed: "bad",
  cancelled: "plain",
  incomplete: "warn",
} satisfies Record<RunStatus, Tone>;

export const RunChip = (props: { status: RunStatus }) => (
  <Chip tone={runTones[props.status]} dot>
    {copy.run[props.status]}
  </Chip>
);
