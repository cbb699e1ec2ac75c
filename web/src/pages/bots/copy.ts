import type { Bot } from "~/api/bots.ts";

/** Of the list of bots, and of what a bot has. */
export const copy = {
  title: "Bots",
  lead: "Each bot can be published as an HTTP API of its own, with its own keys and limits.",
  create: "Create a bot",
  createFirst: "Create your first bot",
  mine: "Your bots",
  others: "Shared with everyone",
  everybodys: "Bots of others",
  which: "Which bots",
  whose: { all: "Mine and shared", anyone: "All bots" },
  ownedBy: (owner: string) => `of ${owner}`,
  changed: "Changed",
  search: "Search bots",
  nothingFits: "No bot is called that.",
  clear: "Clear the search",
  noDescription: "No description",
  more: "Show more bots",
  failed: "The bots could not be loaded",
  emptyTitle: "You have no bots yet",
  emptyText:
    "A bot is an instruction, a model and, if you like, files it answers from. Create one, try it in the playground, then publish it.",

  firstRun: {
    title: "From an idea to an API",
    hint: "Four steps; each can be taken back.",
    hintOfNone: "You have no bots yet. Four steps lead to the first one; each can be taken back.",
    hide: "Hide these steps",
    done: ": done",
    steps: {
      create: { name: "1. Create", text: "An instruction, a model, and files to answer from." },
      test: { name: "2. Test", text: "Ask it in the playground until the answers are right." },
      publish: { name: "3. Publish", text: "It becomes an API of its own, with limits you set." },
      call: { name: "4. Call", text: "With a key, from any program or straight from here." },
    },
  },

  templates: {
    title: "Begin with one of these",
    use: "Use this one",
    useOne: (title: string) => `Use this one: ${title}`,
    empty: "An empty bot",
    emptyText: "Write the instruction yourself.",
    names: {
      handbook: {
        title: "Support from a handbook",
        description: "Answers customers from a handbook, and says which part the answer is from.",
      },
      policies: {
        title: "Policy questions",
        description: "Answers employees with the sentence that decides, and never guesses.",
      },
      prices: {
        title: "Prices, with a tool",
        description: "Answers from a price list, and works sums out with the calculator.",
      },
    },
  },

  createBot: {
    title: "Create a bot",
    description: "Only a title is needed. Everything can be changed later.",
    failed: "The bot was not created",
  },

  fields: {
    title: "Title",
    titleHint: "What you call it, and what you type to unpublish it.",
    description: "Description",
    descriptionHint: "One sentence for people who see it in a list.",
    instruction: "Instruction",
    instructionHint:
      "How the bot should behave: its task, tone and limits. Clients of the API never see it.",
    model: "Model",
    callerModels: "Further models that clients may ask for",
    maxTokens: "Longest answer, in tokens",
    maxTokensHint: "1 to 64,000. Longer answers are cut off.",
    temperature: "Temperature",
    temperatureHint: "0 to 1. Empty: the model's own.",
    topP: "Top P",
    topPHint: "0 to 1. Empty: the model's own.",
    stopSequences: "Stop sequences",
    stopSequencesHint: "One a line, four at most. The answer ends before any of them.",
    showSources: "Name sources in answers",
    showSourcesHint: "Clients then see which passages of its knowledge an answer used.",
  },

  scopes: {
    private: "Private",
    partial: "Shared with some",
    all: "Shared with everyone",
  } satisfies Record<Bot["scope"], string>,
};
