import { copy } from "../../copy.ts";
import { Chip, type Tone } from "../../ui/chip.tsx";

const publicationTones: Record<string, Tone> = {
  published: "good",
  paused: "warn",
  failed: "bad",
  publishing: "busy",
  updating: "busy",
  unpublishing: "busy",
};

export const PublicationChip = (props: { status: string }) => (
  <Chip tone={publicationTones[props.status] ?? "plain"} dot>
    {copy.publicationStatus[props.status] ?? props.status}
  </Chip>
);

const syncTones: Record<string, Tone> = {
  SUCCEEDED: "good",
  QUEUED: "busy",
  RUNNING: "busy",
  FAILED: "bad",
};

export const SyncChip = (props: { status: string }) => (
  <Chip tone={syncTones[props.status] ?? "plain"} dot>
    {copy.syncStatus[props.status] ?? props.status}
  </Chip>
);
