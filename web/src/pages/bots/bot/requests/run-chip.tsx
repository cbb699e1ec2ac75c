import { copy } from "../../../../copy.ts";
import { Chip, type Tone } from "../../../../ui/chip.tsx";

const tones: Record<string, Tone> = {
  queued: "busy",
  in_progress: "busy",
  completed: "good",
  incomplete: "warn",
  cancelled: "plain",
  failed: "bad",
};

export const RunChip = (props: { status: string }) => (
  <Chip tone={tones[props.status] ?? "plain"} dot>
    {copy.runStatus[props.status] ?? props.status}
  </Chip>
);
