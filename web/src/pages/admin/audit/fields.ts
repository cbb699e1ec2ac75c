import { formatBytes, formatCell } from "~/format.ts";
import {
  isSetting,
  isSwitched,
  settingOf,
  switches,
  toText,
} from "~/page-parts/publication/settings.ts";
import { copy as statusCopy } from "~/page-parts/status/copy.ts";
import { copy } from "./copy.ts";

const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const time = (value: unknown) => (typeof value === "number" ? when.format(value) : undefined);
const word = (words: Readonly<Record<string, string>>) => (value: unknown) =>
  typeof value === "string" && Object.hasOwn(words, value) ? words[value] : undefined;
const fields: Readonly<Record<string, string>> = copy.fields;

/** How a value is said that would be no word of anybody's; undefined where it can stand as it is. */
const values: Record<string, (value: unknown) => string | undefined> = {
  scope: word(copy.scopes),
  status: word({ ...statusCopy.run, ...statusCopy.publication }),
  syncStatus: word(statusCopy.knowledge),
  cell: (value) => (typeof value === "string" ? formatCell(value) : undefined),
  bytes: (value) => (typeof value === "number" ? formatBytes(value) : undefined),
  expiresAt: time,
  graceEndsAt: time,
};

/** What a member of a snapshot is called on the pages where it is set. */
export function fieldName(path: string): string {
  if (isSwitched(path)) return switches[path].label;
  if (!isSetting(path)) return Object.hasOwn(fields, path) ? (fields[path] ?? path) : path;
  const { card, label } = settingOf(path);
  return card === "alerts" ? copy.alert(label) : label;
}

export function fieldValue(path: string, value: unknown): string {
  const said = Object.hasOwn(values, path) ? values[path]?.(value) : settingValue(path, value);
  if (said !== undefined) return said;
  if (typeof value === "string") return value === "" ? "“”" : value;
  if (Array.isArray(value)) {
    return value.length === 0 ? copy.nothing : value.map((one) => fieldValue("", one)).join(", ");
  }
  if (value === null) return copy.nothing;
  if (typeof value === "boolean") return value ? copy.on : copy.off;
  return JSON.stringify(value);
}

/** In the words and the unit in which it is set. */
function settingValue(path: string, value: unknown): string | undefined {
  if (!isSetting(path)) return undefined;
  const setting = settingOf(path);
  if (setting.control === "choice") return word(setting.options)(value);
  return setting.control === "number" && typeof value === "number"
    ? toText(setting, value)
    : undefined;
}
