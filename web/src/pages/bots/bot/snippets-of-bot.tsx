import { createSignal, Show } from "solid-js";
import { exampleOf, examplesOf, type Face, languageOf } from "~/examples.ts";
import page from "~/page-parts/page.module.css";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Select } from "~/ui/select.tsx";
import { Tabs } from "~/ui/tabs.tsx";
import { copy } from "./copy.ts";

interface Props {
  endpoint: string;
  question: string | null;
  label: string;
}

const faces = Object.keys(examplesOf) as Face[];

/** One question from a program: by each API that the endpoint speaks, in each language. */
export function SnippetsOfBot(props: Props) {
  const [face, setFace] = createSignal<Face>("responses");
  const choose = (value: string) => setFace(faces.find((one) => one === value) ?? "responses");
  return (
    <div class={page.form}>
      <Select
        label={copy.api}
        options={faces.map((value) => ({ value, label: copy.faces[value] }))}
        value={face()}
        onChange={choose}
      />
      <Show when={face()} keyed>
        {(chosen) => (
          <Tabs
            label={props.label}
            tabs={examplesOf[chosen].map((name) => ({
              id: name,
              label: copy.languages[name],
              content: () => (
                <CodeBlock
                  code={exampleOf(name, props.endpoint, props.question)}
                  language={languageOf[name]}
                  label={copy.snippetLabel(copy.languages[name])}
                  copyLabel={copy.copySnippet(copy.languages[name])}
                  wrap
                />
              ),
            }))}
          />
        )}
      </Show>
    </div>
  );
}
