/** In which order the guides stand, by the names of their files in `docs/`. */
export const contents: { group: string; guides: string[] }[] = [
  { group: "Begin", guides: ["README", "concepts", "embedded", "glossary"] },
  { group: "Build a bot", guides: ["knowledge", "retrieval", "tools", "publishing"] },
  {
    group: "Call it",
    guides: [
      "published-api",
      "keys",
      "limits",
      "asynchronous",
      "streaming",
      "webhooks",
      "openai",
      "mcp",
      "best-practices",
    ],
  },
  { group: "Watch it", guides: ["monitoring", "metrics", "cost", "troubleshooting", "errors"] },
  {
    group: "Run it",
    guides: [
      "deploy",
      "operations",
      "security",
      "control-api",
      "architecture",
      "run-protocol/README",
    ],
  },
];

/** Where guides stand that nobody has given a place. */
export const elsewhere = "More";
