import { Show } from "solid-js";
import { fieldError } from "~/api/field-error.ts";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import type { Preview } from "./queries.ts";

const kinds = ["none", "bearer", "header", "query", "basic"] as const;
type Kind = (typeof kinds)[number];

export interface Draft {
  kind: Kind;
  /** Of the header or the parameter; the user of `basic`. */
  name: string;
  value: string;
}

/** As the document says that the service wants it. */
export const emptyCredential = (scheme: Preview["schemes"][number] | undefined): Draft => ({
  kind: scheme?.kind ?? "none",
  name: scheme?.field ?? "",
  value: "",
});

export function toCredential({ kind, name, value }: Draft) {
  switch (kind) {
    case "none":
      return null;
    case "bearer":
      return { kind, value };
    case "basic":
      return { kind, username: name, value };
    default:
      return { kind, name, value };
  }
}

export function CredentialFields(props: {
  draft: Draft;
  onChange: (draft: Draft) => void;
  error: unknown;
}) {
  const set = (part: Partial<Draft>) => props.onChange({ ...props.draft, ...part });
  const nameLabel = () => {
    const { kind } = props.draft;
    if (kind === "basic") return copy.http.username;
    return kind === "header" || kind === "query" ? copy.http.field[kind] : undefined;
  };
  return (
    <>
      <Select
        label={copy.http.credential}
        options={kinds.map((kind) => ({ value: kind, label: copy.http.credentials[kind] }))}
        value={props.draft.kind}
        onChange={(value) => set({ kind: kinds.find((kind) => kind === value) ?? "none" })}
      />
      <Show when={nameLabel()}>
        {(label) => (
          <TextField
            label={label()}
            value={props.draft.name}
            onInput={(name) => set({ name })}
            error={fieldError(props.error, "setting.credential.name")}
            required={props.draft.kind !== "basic"}
            inputProps={{ autocomplete: "off", spellcheck: false }}
          />
        )}
      </Show>
      <Show when={props.draft.kind !== "none"}>
        <TextField
          label={copy.http.secret}
          hint={copy.http.secretHint}
          value={props.draft.value}
          onInput={(value) => set({ value })}
          error={fieldError(props.error, "setting.credential.value")}
          required
          inputProps={{ type: "password", autocomplete: "new-password" }}
        />
      </Show>
    </>
  );
}
