import type { Bot } from "./queries.ts";

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
  noDescription: "No description",
  more: "Show more bots",
  failed: "The bots could not be loaded",
  emptyTitle: "You have no bots yet",
  emptyText:
    "A bot is an instruction, a model and, if you like, files it answers from. Create one, try it in the test chat, then publish it.",

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
