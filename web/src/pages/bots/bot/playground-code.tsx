import { exampleOf, examples, languageOf } from "~/examples.ts";
import { Button } from "~/ui/button.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { Tabs } from "~/ui/tabs.tsx";
import { copy as words } from "./copy.ts";

const copy = words.playground;

/** The same question from a program, in every language and for every face. */
export default function PlaygroundCode(props: {
  endpoint: string;
  question: string | null;
  onClose: () => void;
}) {
  return (
    <Dialog open onClose={props.onClose} title={copy.codeTitle} description={copy.codeText}>
      <Tabs
        label={copy.codeTitle}
        tabs={examples.map((name) => ({
          id: name,
          label: words.languages[name],
          content: () => (
            <CodeBlock
              code={exampleOf(name, props.endpoint, props.question)}
              language={languageOf[name]}
              label={words.snippetLabel(words.languages[name])}
              copyLabel={words.copySnippet(words.languages[name])}
              wrap
            />
          ),
        }))}
      />
      <DialogActions>
        <Button onClick={() => props.onClose()}>{copy.close}</Button>
      </DialogActions>
    </Dialog>
  );
}
