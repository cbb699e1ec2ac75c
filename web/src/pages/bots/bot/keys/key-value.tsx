import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { DialogActions } from "~/ui/dialog.tsx";
import { useCurl } from "../snippets.ts";
import { copy } from "./copy.ts";

/** A secret, while it can be seen. */
export function KeyValue(props: { value: string; endpoint: string; onClose: () => void }) {
  const curl = useCurl();
  return (
    <div class={page.form}>
      <CodeBlock code={props.value} label={copy.valueLabel} copyLabel={copy.copyValue} wrap />
      <p>{copy.curlHint}</p>
      <CodeBlock
        code={curl(props.endpoint, props.value)}
        label={copy.curlLabel}
        copyLabel={copy.copyCurl}
        wrap
      />
      <DialogActions>
        <Button look="primary" onClick={() => props.onClose()}>
          {copy.stored}
        </Button>
      </DialogActions>
    </div>
  );
}
