import { copy } from "../../../../copy.ts";
import { Button } from "../../../../ui/button.tsx";
import { CodeBlock } from "../../../../ui/code-block.tsx";
import { DialogActions } from "../../../../ui/dialog.tsx";
import page from "../../../page.module.css";
import { curl } from "../connect/snippets.ts";

/** A secret, while it can be seen. */
export function KeyValue(props: { value: string; endpoint: string; onClose: () => void }) {
  return (
    <div class={page.form}>
      <CodeBlock
        code={props.value}
        label={copy.keys.valueLabel}
        copyLabel={copy.keys.copyValue}
        wrap
      />
      <p>{copy.keys.curlHint}</p>
      <CodeBlock
        code={curl(props.endpoint, props.value)}
        label={copy.keys.curlLabel}
        copyLabel={copy.keys.copyCurl}
        wrap
      />
      <DialogActions>
        <Button look="primary" onClick={() => props.onClose()}>
          {copy.keys.stored}
        </Button>
      </DialogActions>
    </div>
  );
}
