import type { Alert } from "./queries.ts";

/** Of what the pages of one bot have in common. */
export const copy = {
  title: "Bot",
  failed: "The bot could not be loaded",
  missing: {
    heading: "There is no such bot",
    text: "It may have been deleted, or it is not shared with you. The address may be mistyped, too.",
    action: "Go to the bots",
  },
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
      budget_used: "Budget used",
      monthly_spend: "Spend this month",
    } satisfies Record<Alert["name"], string>,
    windows: {
      error_rate: "last 15 minutes",
      p99_latency: "last 15 minutes",
      quota_used: "the key that used most",
      budget_used: "the budget used most",
      monthly_spend: "UTC calendar month",
    } satisfies Record<Alert["name"], string>,
    states: { off: "Off", ok: "OK", alarm: "Over threshold", no_data: "No data" } satisfies Record<
      Alert["state"],
      string
    >,
    threshold: (value: string) => `Threshold ${value}`,
    noThreshold: "No threshold",
  },

  /** Of a call to the endpoint from these pages. */
  tryIt: {
    title: "Try it",
    hint: "Calls the endpoint from this page with your key, which stays in this page only.",
    key: "Key",
    keyHint: "A value that begins with outlet_.",
    message: "Message",
    send: "Send message",
    answer: "Answer",
    answerEmpty: "The answer will be written here as it comes.",
    waiting: (state: string) => `The message is ${state} …`,
    stop: "Stop the answer",
    took: (time: string) => `Answered in ${time}.`,
    ended: (state: string, time: string) => `${state} after ${time}.`,
    failed: "The endpoint refused",
    unreachable:
      "The endpoint could not be reached from this page. If it lies on another origin, allow this page's origin on the page Publish.",
    statuses: {
      403: "The gateway knows no such key for this bot: it may be mistyped, disabled, expired or deleted. Check it on the page Keys.",
      429: "The key is over its limits. Wait, or raise them on the page Publish.",
      503: "The bot is paused. Resume it on the page Publish.",
    } as Record<number, string | undefined>,
  },
};
