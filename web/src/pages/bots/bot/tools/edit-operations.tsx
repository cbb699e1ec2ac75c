import { For } from "solid-js";
import { fieldError } from "~/api/field-error.ts";
import page from "~/page-parts/page.module.css";
import { Disclosure } from "~/ui/disclosure.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import type { HttpSetting } from "./queries.ts";

/** What an owner sets of an operation, as it is typed. */
export interface OperationDraft {
  key: string;
  name: string;
  description: string;
  responsePath: string;
  /** A parameter and its value on each line. */
  fixed: string;
}

export const draftsOf = ({ operations }: HttpSetting): OperationDraft[] =>
  operations.map(({ key, name, description, responsePath, fixed }) => ({
    key,
    name,
    description,
    responsePath: responsePath ?? "",
    fixed: Object.entries(fixed)
      .map(
        ([of, value]) =>
          `${of} = ${typeof value === "string" ? quoted(value) : JSON.stringify(value)}`,
      )
      .join("\n"),
  }));

/** As it is, where nobody would take it for a number or a word of JSON. */
const quoted = (value: string): string =>
  valueOf(value) === value && value.trim() === value && !value.includes("\n")
    ? value
    : JSON.stringify(value);

export const operationInputOf = ({ responsePath, fixed, ...rest }: OperationDraft) => ({
  ...rest,
  responsePath: responsePath.trim() || null,
  fixed: Object.fromEntries(
    fixed
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line): [string, string | number | boolean] => {
        const [name = "", ...value] = line.split("=");
        return [name.trim(), valueOf(value.join("=").trim())];
      }),
  ),
});

/** Numbers, true, false and what stands in quotation marks are JSON's; the rest is text. */
function valueOf(text: string): string | number | boolean {
  if (!/^(?:true|false|-?\d+(?:\.\d+)?|".*")$/.test(text)) return text;
  try {
    return JSON.parse(text) as string | number | boolean;
  } catch {
    return text;
  }
}

/** Under what name the model calls each operation, what is set for it, and what of the answer it reads. */
export function EditOperations(props: {
  drafts: OperationDraft[];
  onChange: (at: number, change: Partial<OperationDraft>) => void;
  error: unknown;
}) {
  const errorOf = (at: number, field: string) =>
    fieldError(props.error, `setting.operations[${at}].${field}`);
  return (
    <For each={props.drafts.map(({ key }) => key)}>
      {(key, at) => {
        const draft = () => props.drafts[at()];
        return (
          <Disclosure summary={copy.edit.operation(key)}>
            <div class={page.form}>
              <TextField
                label={copy.edit.function}
                value={draft()?.name ?? ""}
                onInput={(name) => props.onChange(at(), { name })}
                error={errorOf(at(), "name")}
                required
                inputProps={{ maxlength: 64, autocomplete: "off" }}
              />
              <TextField
                label={copy.edit.fixed}
                hint={copy.edit.fixedHint}
                value={draft()?.fixed ?? ""}
                onInput={(fixed) => props.onChange(at(), { fixed })}
                error={errorOf(at(), "fixed")}
                multiline
                mono
                rows={2}
              />
              <TextField
                label={copy.edit.path}
                hint={copy.edit.pathHint}
                value={draft()?.responsePath ?? ""}
                onInput={(responsePath) => props.onChange(at(), { responsePath })}
                error={errorOf(at(), "responsePath")}
                mono
                inputProps={{ maxlength: 200, autocomplete: "off" }}
              />
            </div>
          </Disclosure>
        );
      }}
    </For>
  );
}
