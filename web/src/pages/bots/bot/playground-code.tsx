import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { copy as words } from "./copy.ts";
import { SnippetsOfBot } from "./snippets-of-bot.tsx";

const copy = words.playground;

/** The same question from a program. */
export default function PlaygroundCode(props: {
  endpoint: string;
  question: string | null;
  onClose: () => void;
}) {
  return (
    <Dialog open onClose={props.onClose} title={copy.codeTitle} description={copy.codeText}>
      <SnippetsOfBot label={copy.codeTitle} endpoint={props.endpoint} question={props.question} />
      <DialogActions>
        <Button onClick={() => props.onClose()}>{copy.close}</Button>
      </DialogActions>
    </Dialog>
  );
}
