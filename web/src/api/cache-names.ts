/** Names of what the cache holds. A mutation says by these what it has changed. */
export const names = {
  me: ["me"],
  bots: ["bots"],
  admin: ["admin"],
  bot: (botId: string) => ["bot", botId],
  knowledge: (botId: string) => ["knowledge", botId],
  publication: (botId: string) => ["publication", botId],
  tools: (botId: string) => ["tools", botId],
  keys: (botId: string) => ["keys", botId],
  erasures: (botId: string) => ["erasures", botId],
  budgets: (botId: string) => ["budgets", botId],
  runs: (botId: string) => ["runs", botId],
  webhook: (botId: string) => ["webhook", botId],
  alerts: (botId: string) => ["alerts", botId],
  metrics: (botId: string) => ["metrics", botId],
  usage: (botId: string) => ["usage", botId],
  keyRequests: (botId: string) => ["key-requests", botId],
} as const;

/** Between two looks at something that is changing now. */
export const whileChangingMs = 400;
