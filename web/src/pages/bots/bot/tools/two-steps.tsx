import { createSignal, type JSX, Show } from "solid-js";
import { Dialog } from "~/ui/dialog.tsx";

interface Props<Found> {
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  /** @param onFound what the second step is about. */
  look: (onFound: (found: Found) => void, onClose: () => void) => JSX.Element;
  pick: (found: Found, onBack: () => void, onAdded: () => void) => JSX.Element;
}

/** First something is looked at, then what of it the bot gets. */
export function TwoSteps<Found extends object>(props: Props<Found>) {
  const [found, setFound] = createSignal<Found>();
  const back = () => setFound(undefined);
  const close = () => {
    back();
    props.onClose();
  };
  return (
    <Dialog open={props.open} onClose={close} title={props.title} description={props.description}>
      <Show when={found()} fallback={props.look((it) => setFound(() => it), close)}>
        {(it) => props.pick(it(), back, close)}
      </Show>
    </Dialog>
  );
}
