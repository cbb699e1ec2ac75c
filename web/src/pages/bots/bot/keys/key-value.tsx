import { keysCopy } from "../../../../copy-keys.ts";
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
        label={keysCopy.keys.valueLabel}
        copyLabel={keysCopy.keys.copyValue}
        wrap
      />
      <p>{keysCopy.keys.curlHint}</p>
      <CodeBlock
        code={curl(props.endpoint, props.value)}
        label={keysCopy.keys.curlLabel}
        copyLabel={keysCopy.keys.copyCurl}
        wrap
      />
      <DialogActions>
        <Button look="primary" onClick={() => props.onClose()}>
          {keysCopy.keys.stored}
        </Button>
      </DialogActions>
    </div>
  );
}
