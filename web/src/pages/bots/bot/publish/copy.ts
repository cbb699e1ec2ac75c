import type { InFlightStatus } from "~/page-parts/status/status.ts";
import type { Publication } from "../queries.ts";

type Prerequisite = Publication["prerequisites"][number];

/** Of the page Publish: prerequisites, limits, progress and the end of an endpoint. */
export const copy = {
  failed: "The publication could not be loaded",
  checklist: "Before you publish",
  allMet: "Everything that is needed is there.",
  allButSharing: "Publishing shares the bot; all else that is needed is there.",
  unmet: (count: number) =>
    count === 1 ? "One thing is still missing." : `${count} things are still missing.`,
  met: "Met.",
  notMet: "Not met.",
  advice: "Advised",
  openEditor: "Open the editor",
  sharedBelow: "It is private now; the button at the end of this page shares it as it publishes.",
  words: "What burst, rate, quota and budget mean",
  settings: "Limits and behaviour",
  settingsHint: "Limits hold for each key. All of it can be changed later without a new endpoint.",
  refused: "The bot was not published",
  blockedTitle: "It cannot be published yet",
  action: "Publish bot",
  shareAction: "Share and publish bot",
  shareTitle: "It will be shared with everyone who signs in here",
  shareText:
    "A published bot is shared so that whoever is given a key can see what answers: others see the bot and its description, and change nothing.",

  live: {
    title: "Your API is live",
    hint: "Give it a key, and ask it something from here.",
    make: "Generate the first key",
    label: "First key",
    failed: "The key was not generated",
    once: "Copy the key now: it is shown this once and cannot be had again.",
    valueLabel: "Key value",
    copyValue: "Copy the key",
    curl: "From a terminal:",
    curlLabel: "curl command with this key",
    copyCurl: "Copy the command",
  },
  waiting: "Waiting for its turn …",
  underWay: {
    publishing: "Publishing the bot",
    updating: "Applying the changes",
    unpublishing: "Unpublishing the bot",
  } satisfies Record<InFlightStatus, string>,
  underWayHint: "It goes on by itself, also if you leave this page.",
  progressLabel: "Progress",
  steps: (done: number, total: number, current: string | null) =>
    `${done} of ${total}${current ? `: ${current}` : ""}`,
  unconfirmed: {
    not_yet: {
      title: "Published, not confirmed",
      cause:
        "The endpoint stands, but nothing has answered a call of our own yet. New keys and firewalls take up to a minute to be known everywhere.",
      next: "It is tried again by itself. If this stays for more than ten minutes, call the endpoint’s /health with a key of yours and tell an administrator what it answers.",
    },
    refused: {
      title: "Published; confirmed as far as the firewall",
      cause:
        "The endpoint answers, but its allow-list refuses the address that we call from. Keys, limits and the bot behind it were not tried.",
      next: "Call the endpoint’s /health with a key from an address on the list to see all of it.",
    },
  },
  failureTitle: "The last attempt failed",
  failureNext: "Nothing was left behind. Correct what it names, then try again.",
  endpoint: "Endpoint",
  endpointHint: "The base URL of this bot's own API. It stays the same until you unpublish.",
  copyEndpoint: "Copy the endpoint",
  publishedAt: "Published",
  cell: "Runs in",
  pause: "Pause endpoint",
  resume: "Resume endpoint",
  paused: "Endpoint paused",
  resumed: "Endpoint resumed",
  pauseTitle: "Pause the endpoint?",
  pauseText:
    "Every request is answered with the status 503 until you resume it. Answers that are under way are finished.",
  pauseFailed: "The endpoint was not paused",
  resumeFailed: "The endpoint was not resumed",
  pausedTitle: "The endpoint is paused",
  pausedText:
    "Every request is answered with the status 503 until you resume it. Keys and counters stay as they are.",
  toKeys: "Manage keys",
  toConnect: "See how to connect",

  prerequisites: {
    may_publish: "You may publish",
    owner: "The bot is yours",
    scope: "Shared with everyone",
    sync: "Knowledge read",
    model_price: "Model prices known",
    test_run: "Tested with its present model",
  } satisfies Record<Prerequisite["name"], string>,

  limits: {
    title: "Limits and behaviour",
    hint: "Limits hold for each key. Changes apply to the endpoint that runs now; URL and keys stay.",
    save: "Apply changes",
    saved: "The changes are being applied",
    failed: "The settings were not changed",
  },

  cost: {
    title: "What it will cost",
    endpoint: "The endpoint itself costs nothing while nobody calls it.",
    model: "Each answer costs what its model charges for the tokens it reads and writes.",
    bounded: (most: string) =>
      `The quota bounds it: at most about ${most} requests a month for each key.`,
    unbounded: "Without a quota nothing bounds how many requests a key makes in a month.",
  },

  alerts: {
    hint: "Shown in this console, and written to the addresses below where the console runs on AWS. Empty: you are not told.",
    save: "Save alerts",
    saved: "Alerts saved",
    failed: "The alerts were not saved",
  },

  unpublish: {
    heading: "Unpublish this bot",
    hint: "Its endpoint and all its keys end for good. A new publication gets a new URL and new keys. The bot itself stays.",
    action: "Unpublish bot",
    title: (title: string) => `Unpublish ${title}?`,
    failed: "The bot was not unpublished",
  },
};
