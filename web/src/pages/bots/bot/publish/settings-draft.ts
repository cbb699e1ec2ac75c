import { createStore } from "solid-js/store";
import {
  isSwitched,
  memberOf,
  type Path,
  type PublishBody,
  pathsOf,
  type Setting,
  type Switched,
  settingOf,
  switches,
  toText,
} from "~/page-parts/publication/settings.ts";
import type { Publication } from "../queries.ts";

/** As typed, whatever the control. */
interface Fields {
  values: Partial<Record<Path, string>>;
  on: Record<Switched, boolean>;
}

/** Settings of some cards as they are being typed; what is on them begins as it is in force. */
export function createSettingsDraft(cards: Setting["card"][], publication: Publication) {
  const paths = pathsOf(...cards);
  const [fields, setFields] = createStore(toFields(paths, publication));
  return {
    paths,
    value: (path: Path): string => fields.values[path] ?? "",
    set: (path: Path, value: string) => setFields("values", path, value),
    isOn: (name: Switched) => fields.on[name],
    turn: (name: Switched, on: boolean) => setFields("on", name, on),
    isDirty: (of: Publication) =>
      JSON.stringify(toBody(paths, fields)) !== JSON.stringify(toBody(paths, toFields(paths, of))),
    reset: (to: Publication) => setFields(toFields(paths, to)),
    body: () => toBody(paths, fields),
  };
}
export type SettingsDraft = ReturnType<typeof createSettingsDraft>;

/** What was asked for last; where nothing was, or a switch is off, what is there to begin with. */
export function toFields(paths: Path[], publication: Publication): Fields {
  // Of a bot that was never published the API tells limits as off, not what they would be.
  const known = publication.stage === null ? {} : (publication as Record<string, unknown>);
  const on = Object.fromEntries(
    Object.entries(switches).map(([name, { initial }]) => [
      name,
      known[name] === undefined ? initial : known[name] !== null,
    ]),
  ) as Fields["on"];
  const values = paths.map((path) => {
    const setting = settingOf(path);
    return [path, toText(setting, at(known, path) ?? setting.initial)];
  });
  return { values: Object.fromEntries(values), on };
}

/** The body of the API, without what is not asked. */
export function toBody(paths: Path[], { values, on }: Fields): PublishBody {
  const body: Record<string, unknown> = {};
  for (const path of paths) {
    const [name = path, inner] = path.split(".");
    const value = fromText(settingOf(path), values[path] ?? "");
    if (isSwitched(name) && !on[name]) body[name] = null;
    else body[name] = inner ? { ...(body[name] as object | undefined), [inner]: value } : value;
  }
  return body;
}

function at(of: Record<string, unknown>, path: Path): unknown {
  const value = of[memberOf(path)];
  const inner = path.split(".")[1];
  return inner ? (value as Record<string, unknown> | null | undefined)?.[inner] : value;
}

export function fromText(setting: Setting, text: string): unknown {
  if (setting.control === "lines") return text.split(/[\s,]+/).filter((line) => line !== "");
  if (setting.control !== "number") return text;
  if (text.trim() === "" && setting.initial === null) return null;
  const value = Number(text) * (setting.unit ?? 1);
  return setting.unit && setting.whole ? Math.round(value) : value;
}
