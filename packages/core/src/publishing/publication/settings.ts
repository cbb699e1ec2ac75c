import * as v from "valibot";
import { none as noAlerts, Settings as Alerts } from "../alert-settings/index.ts";
import { Limit as Budget } from "../budget/limit.ts";
import * as Webhook from "../webhook/index.ts";
import { AllowedOrigins, Quota, RetentionDays, Stage, Throttle } from "./setting-schemas.ts";

/**
 * What an owner sets of a publication, each with what it is where nothing is said: the one list that
 * publishing, editing, what is stored, shown and written down, and the stack are made from.
 */
const entries = {
  stage: v.optional(Stage, "api"),
  throttle: v.optional(v.nullable(Throttle), { burstLimit: 100, rateLimit: 50 }),
  quota: v.optional(v.nullable(Quota), { limit: 10_000, period: "DAY" }),
  /** What all of its keys together may spend; `null`: no limit. */
  budget: v.optional(v.nullable(Budget), null),
  allowedOrigins: v.optional(AllowedOrigins, []),
  /** Of what is sent from then on. */
  retentionDays: v.optional(RetentionDays, 30),
  alerts: v.optional(Alerts, noAlerts),
  /** What becomes of callers' own instructions, which stand after the bot's. */
  callerInstructions: v.optional(v.picklist(["follow", "ignore"]), "follow"),
  /** What becomes of a chat window's asking for titles, tags and the like. */
  utilityCalls: v.optional(v.picklist(["answer", "refuse"]), "answer"),
  /** When the readers of an answer get it: while it is being made, or at its end, which costs less. */
  streaming: v.optional(v.picklist(["deltas", "end"]), "deltas"),
  /** Where the ends of runs are told, signed; `null` nowhere. */
  webhook: v.optional(v.nullable(Webhook.Settings), null),
  /** What becomes of a webhook that a caller names in a request. */
  callerWebhooks: v.optional(v.picklist(["allow", "refuse"]), "allow"),
};

/** Stays as it is while the bot is published: it is part of the endpoint. */
const fixed = ["stage"] as const;

export const Settings = v.object(entries);
export type Settings = v.InferOutput<typeof Settings>;

export const Publish = v.strictObject(entries);

type Entries = Omit<typeof entries, (typeof fixed)[number]>;
type EditEntries = { [K in keyof Entries]: v.OptionalSchema<Entries[K]["wrapped"], undefined> };

const editable = Object.entries(entries).filter(([name]) => fixed.every((one) => one !== name));

/** Absent members stay as they are; `null` turns a limit off. */
export const Edit = v.strictObject(
  // Made of `entries` name by name, which the compiler cannot follow.
  Object.fromEntries(
    editable.map(([name, { wrapped }]) => [name, v.optional<v.GenericSchema>(wrapped)]),
  ) as unknown as EditEntries,
);
export type Edit = v.InferOutput<typeof Edit>;

const names = Object.keys(entries) as (keyof Settings)[];

/** The settings alone of whatever has them. */
export const settingsOf = (of: Settings): Settings =>
  Object.fromEntries(names.map((name) => [name, of[name]])) as Settings;

/** The settings after an edit. */
export const edited = (settings: Settings, edit: Edit): Settings => {
  const said = Object.entries(edit).filter(([, value]) => value !== undefined);
  return { ...settingsOf(settings), ...Object.fromEntries(said) };
};

/** Lists are empty and all else is `null` where there is no publication. */
type Shown = {
  [K in keyof Settings]: Settings[K] extends unknown[] ? Settings[K] : Settings[K] | null;
};

/** The settings as a view shows them, those of a bot that is not published too. */
export const shownSettings = (of: Settings | undefined): Shown =>
  Object.fromEntries(
    names.map((name) => [name, of?.[name] ?? (Array.isArray(entries[name].default) ? [] : null)]),
  ) as Shown;
