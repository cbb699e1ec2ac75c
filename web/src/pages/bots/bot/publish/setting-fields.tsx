import { Switch as Choose, For, Match, Show } from "solid-js";
import { fieldError } from "~/api/field-error.ts";
import page from "~/page-parts/page.module.css";
import {
  isSwitched,
  memberOf,
  type Path,
  type Setting,
  type Switched,
  settingOf,
  switches,
} from "~/page-parts/publication/settings.ts";
import { Select } from "~/ui/select.tsx";
import { Switch } from "~/ui/switch.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { boundsOf } from "./setting-bounds.ts";
import type { SettingsDraft } from "./settings-draft.ts";

interface Props {
  draft: SettingsDraft;
  error: unknown;
  disabled?: boolean;
}

/** Whether a refusal is said beside one of the fields. */
export const isBesideField = (draft: SettingsDraft, error: unknown): boolean =>
  draft.paths.some((path) => fieldError(error, path) !== undefined);

/** The fields of all settings of a draft; those of one member of the body stand together. */
export function SettingFields(props: Props) {
  const members = () => Map.groupBy(props.draft.paths, memberOf);
  return (
    <div class={page.form}>
      <For each={[...members()]}>
        {([name, paths]) => (
          <Show
            when={isSwitched(name) ? name : undefined}
            fallback={<Member {...props} paths={paths} />}
          >
            {(known) => <SwitchedMember {...props} name={known()} paths={paths} />}
          </Show>
        )}
      </For>
    </div>
  );
}

function SwitchedMember(props: Props & { name: Switched; paths: Path[] }) {
  return (
    <>
      <Switch
        label={switches[props.name].label}
        hint={switches[props.name].help}
        checked={props.draft.isOn(props.name)}
        onChange={(on) => props.draft.turn(props.name, on)}
        disabled={props.disabled}
      />
      <Show when={props.draft.isOn(props.name)}>
        <Member {...props} />
      </Show>
    </>
  );
}

/** Short fields side by side, long ones below. */
function Member(props: Props & { paths: Path[] }) {
  const isLong = (path: Path) => settingOf(path).control === "lines";
  const short = () => props.paths.filter((path) => !isLong(path));
  const long = () => props.paths.filter(isLong);
  return (
    <>
      <Show
        when={short().length > 1}
        fallback={<For each={short()}>{(path) => <Field {...props} path={path} />}</For>}
      >
        <div class={page.pair}>
          <For each={short()}>{(path) => <Field {...props} path={path} />}</For>
        </div>
      </Show>
      <For each={long()}>{(path) => <Field {...props} path={path} />}</For>
    </>
  );
}

function Field(props: Props & { path: Path }) {
  const setting = () => settingOf(props.path);
  const shared = () => ({
    label: setting().label,
    hint: setting().help,
    value: props.draft.value(props.path),
    error: fieldError(props.error, props.path),
    disabled: props.disabled ?? false,
  });
  const set = (value: string) => props.draft.set(props.path, value);
  return (
    <Choose>
      <Match when={by(setting(), "number")}>
        {(number) => (
          <TextField
            {...shared()}
            onInput={set}
            required={number().initial !== null}
            inputProps={{ type: "number", ...boundsOf(number()) }}
          />
        )}
      </Match>
      <Match when={by(setting(), "text")}>
        {(text) => (
          <TextField
            {...shared()}
            onInput={set}
            required
            mono
            inputProps={{
              maxlength: text().lengthMax,
              pattern: text().pattern,
              autocomplete: "off",
            }}
          />
        )}
      </Match>
      <Match when={by(setting(), "lines")}>
        {(lines) => (
          <TextField {...shared()} onInput={set} multiline mono={lines().mono ?? false} rows={2} />
        )}
      </Match>
      <Match when={by(setting(), "choice")}>
        {(choice) => (
          <Select
            {...shared()}
            options={Object.entries(choice().options).map(([value, label]) => ({ value, label }))}
            onChange={set}
          />
        )}
      </Match>
    </Choose>
  );
}

/** The setting, if that is how it is asked for. */
const by = <C extends Setting["control"]>(setting: Setting, control: C) =>
  setting.control === control ? (setting as Extract<Setting, { control: C }>) : undefined;
