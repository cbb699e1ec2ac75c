import type { Publication } from "./queries.ts";

type Period = NonNullable<Publication["quota"]>["period"];
/** Of a publication without a stack nothing is shown. */
type Shown = Exclude<Publication["upgradeState"], "none">;

/** Of the page APIs. */
export const copy = {
  title: "APIs",
  lead: "Every publication there is or was, the newest bot’s first.",
  failed: "The publications could not be loaded",
  emptyTitle: "Nothing has been published yet",
  emptyText: "As soon as somebody publishes a bot, its API is listed here.",
  more: "Show more APIs",
  endpoint: "Endpoint",
  ceilings: {
    title: "Room in this AWS account",
    apis: (used: string, max: string) => `${used} of ${max} REST APIs`,
    usagePlans: (used: string, max: string) => `${used} of ${max} usage plans`,
    keys: (used: string, max: string) => `${used} of ${max} API keys`,
    next: "Each published bot takes one API and one usage plan. The quota of usage plans can be raised in Service Quotas, the others cannot; publishing is refused when one is used up.",
  },
  ownerHint: "User name or id.",
  anyStatus: "Any state",
  text: "Search",
  textHint: "Part of a title or an id.",
  cell: "Runs in",
  published: "Published",
  age: (age: string) => `${age} ago`,
  limits: "Limits",
  throttle: (burst: string, rate: string) => `burst ${burst}, ${rate}/s`,
  noThrottle: "no rate limit",
  quota: (limit: string, period: string) => `${limit} per ${period}`,
  noQuota: "no quota",
  periods: { DAY: "day", WEEK: "week", MONTH: "month" } satisfies Record<Period, string>,
  template: "Stack template",
  upgrades: {
    current: "Current",
    pending: "Upgrade due",
    in_progress: "Upgrading",
    failed: "Upgrade failed",
  } satisfies Record<Shown, string>,
  upgradesOff: "Stacks of older templates are not upgraded by themselves in this installation.",
  actions: "Actions",
  actionsOf: (title: string) => `Actions for ${title}`,
  copyEndpoint: "Copy the endpoint",
  pages: {
    publish: "Publish settings",
    keys: "Keys",
    metrics: "Metrics",
    requests: "Requests",
    editor: "Editor",
    audit: "What was done to it",
  },
};
