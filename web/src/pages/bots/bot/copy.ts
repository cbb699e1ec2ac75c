import type { Example, Face } from "~/examples.ts";
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
    tools: "Tools",
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

  api: "By which API",
  faces: {
    responses: "OpenAI Responses",
    chat: "OpenAI Chat Completions",
    native: "Outlet's own",
    mcp: "MCP",
  } satisfies Record<Face, string>,
  languages: {
    curl: "curl",
    openaiPython: "Python",
    openaiJavascript: "JavaScript",
    chatPython: "Python",
    chatJavascript: "JavaScript",
    nativeCurl: "curl",
    python: "Python",
    javascript: "JavaScript",
    mcp: "Most clients",
    vscode: "VS Code",
  } satisfies Record<Example, string>,
  snippetLabel: (language: string) => `${language} snippet`,
  copySnippet: (language: string) => `Copy the ${language} snippet`,

  playground: {
    title: "Playground",
    hints: {
      draft:
        "Asks the bot as it is saved. Only you see this; nothing is kept but whether it passed.",
      published:
        "Calls the endpoint as a program does, with a key that stays in this page's memory.",
    },
    mode: "Answers come from",
    modes: { draft: "The bot as it is saved", published: "The published endpoint" },
    logLabel: "Conversation",
    empty: (title: string) => `Ask ${title} something to see how it answers.`,
    propose: (question: string) => `Try: “${question}”`,
    you: "You",
    thinking: "…",
    question: "Question",
    ask: "Ask",
    saveAndAsk: "Save and ask",
    stop: "Stop",
    clear: "Start over",
    dirty: "There are unsaved changes: asking saves them first.",
    failed: { draft: "The test failed", published: "The endpoint refused" },
    took: (time: string, tokens: string, cost: string) =>
      `Answered in ${time} · ${tokens} · ${cost}`,
    sources: (count: number) => (count === 1 ? "1 passage found" : `${count} passages found`),
    toolStates: { running: "is called …", succeeded: "was called", failed: "failed" } as Record<
      string,
      string | undefined
    >,
    raw: "Raw events",
    copyRaw: "Copy the raw events",
    key: "Key",
    keyHint: "A value that begins with outlet_. None at hand?",
    makeKey: "Generate a key",
    knownKey: "Uses the key that was made here.",
    otherKey: "Use another key",
    viewCode: "View as code",
    codeTitle: "The same from a program",
    codeText: "Put a key into the variable OUTLET_KEY; keep it out of code and of web pages.",
    close: "Close",
    brokeOff: "The answer broke off. It goes on at the endpoint: see the page Requests.",
    unreachable:
      "The endpoint could not be reached from this page. If it lies on another origin, allow this page's origin on the page Publish.",
    statuses: {
      403: "The gateway knows no such key for this bot: it may be mistyped, disabled, expired or deleted. Check it on the page Keys.",
      429: "The key is over its limits. Wait, or raise them on the page Publish.",
      503: "The bot is paused. Resume it on the page Publish.",
    } as Record<number, string | undefined>,
  },
};
