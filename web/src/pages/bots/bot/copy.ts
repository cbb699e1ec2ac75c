import type { Alert } from "./queries.ts";

/** Of what the pages of one bot have in common. */
export const copy = {
  title: "Bot",
  failed: "The bot could not be loaded",
  tabsLabel: "Pages of this bot",
  tabs: {
    editor: "Editor",
    publish: "Publish",
    keys: "Keys",
    connect: "Connect",
    metrics: "Metrics",
    requests: "Requests",
    reference: "Reference",
  },
  alerts: (count: number) => (count === 1 ? "1 alert" : `${count} alerts`),
  about: "About this bot",
  actingTitle: (owner: string) => `You act as administrator on a bot of ${owner}`,
  actingText: (owner: string) =>
    `What you change here takes effect at once. ${owner} stays its owner; the audit log names you.`,
  actingBack: "All APIs",
  othersTitle: "This bot belongs to somebody else",
  othersText:
    "It is shared with you to see. Only its owner or an administrator can change, test or publish it.",
  typeTitle: (title: string) => `Type “${title}” to confirm`,

  notPublished: {
    title: "The bot is not published",
    text: (what: string) => `${what} belong to its endpoint, and it has none yet.`,
    action: "Publish it",
    mayNot: "You may not publish or manage keys",
  },

  alertStates: {
    title: "Alerts",
    failed: "The alerts could not be loaded",
    names: {
      error_rate: "Error rate",
      p99_latency: "Latency p99",
      quota_used: "Quota used",
      monthly_spend: "Spend this month",
    } satisfies Record<Alert["name"], string>,
    windows: {
      error_rate: "last 15 minutes",
      p99_latency: "last 15 minutes",
      quota_used: "the key that used most",
      monthly_spend: "UTC calendar month",
    } satisfies Record<Alert["name"], string>,
    states: { off: "Off", ok: "OK", alarm: "Over threshold", no_data: "No data" } satisfies Record<
      Alert["state"],
      string
    >,
    threshold: (value: string) => `Threshold ${value}`,
    noThreshold: "No threshold",
  },
};
