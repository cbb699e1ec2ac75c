import type { ProblemCode } from "@outlet/functions/control-api/app";

/** Every word of the console. */
export const copy = {
  loading: "Loading …",
  yes: "Yes",
  no: "No",
  typeTitle: (title: string) => `Type “${title}” to confirm`,

  shell: {
    brand: "Outlet",
    skip: "Skip to content",
    nav: "Main",
    bots: "Bots",
    admin: "Admin",
    accountOf: (name: string) => `Account of ${name}`,
    noGroup: "In no group",
    signOut: "Sign out",
    themes: { system: "Theme of the system", light: "Light theme", dark: "Dark theme" },
  },

  session: {
    failed: "You could not be signed in",
    signInAgain: "Sign in again",
  },

  actions: {
    cancel: "Cancel",
    retry: "Try again",
    copied: "Copied",
    copyRefused: "The browser does not allow copying here. Select the text and copy it yourself.",
  },

  csv: {
    done: "The file is in your downloads",
    partial:
      "The file ends early: there are more rows than a download takes. Choose a shorter time.",
    failed: (cause: string) => `The file could not be made. ${cause}`,
  },

  chart: {
    showTable: "Table",
    showTableOf: (title: string) => `${title} as a table`,
    tableOf: (title: string) => `Values of ${title}`,
    time: "Time",
    none: "–",
    leftOut: "Times without any are left out.",
    empty: "Nothing in this time",
    noPoint: "No time chosen",
    keys: "Left and right arrow keys move through time, Page Up and Page Down further, Home and End to the first and last values, Escape chooses no time.",
  },

  errors: {
    page: "This page broke",
    offline: "The control API did not answer. It may be down, or you may be offline.",
    unreadable: "The answer could not be understood.",
    requestId: "Request id",
    copyRequestId: "Copy the request id",
  },

  /** What to do next, by error code. Empty where the cause says it already. */
  nextSteps: {
    offline: "Check the connection, then try again.",
    unknown: "Try again. If it happens again, report the request id.",
    invalid_request: "Correct what it names, then try again.",
    invalid_json: "Load the page again. If it happens again, report the request id.",
    unsupported_media_type: "Load the page again. If it happens again, report the request id.",
    payload_too_large: "Send less, or in parts.",
    model_not_allowed: "Choose another model in the editor.",
    model_not_found: "Choose one of the models that the bot answers with.",
    unsupported_parameter: "Leave the field out that the message names.",
    previous_response_not_found: "Begin a new conversation.",
    title_mismatch: "Type the title as it stands at the top of the page.",
    idempotency_key_reuse: "Send it as a new request.",
    unauthenticated: "Sign in again.",
    forbidden: "Ask an administrator.",
    publish_not_allowed: "Once you are in the group, sign out and in again.",
    not_found: "Go back to the list of bots: it may have been deleted meanwhile.",
    route_not_found: "Load the page again: the console may be older than the API.",
    method_not_allowed: "Load the page again: the console may be older than the API.",
    prerequisites_not_met: "Meet what the checklist names, then publish.",
    publication_in_progress: "This page follows it; try again when it has ended.",
    already_published: "Load the page again, then change its limits.",
    not_published: "Publish the bot first.",
    bot_published: "Unpublish the bot first.",
    conflict: "Load the page again, then repeat.",
    nothing_to_continue: "Send a message instead.",
    run_not_failed: "Load the page again: it may have been answered meanwhile.",
    run_cancelled: "Send the message again if you still want an answer.",
    conversation_busy: "Wait for answers first.",
    internal_error: "Try again. If it happens again, report the request id.",
    model_error: "Try again. If it goes on, choose another model in the editor.",
    model_empty_answer: "Try again, or ask in other words.",
    worker_lost: "Try again.",
    bot_unavailable: "",
    bot_paused: "Resume the endpoint on the page Publish.",
    service_unavailable: "Nothing was changed. Try again in a moment.",
    run_timeout: "Ask for less, or try again.",
  } satisfies Record<ProblemCode | "offline" | "unknown", string>,

  notFound: {
    title: "Not found",
    heading: "There is no such page",
    text: "The address may be mistyped, or what it named may be gone.",
    action: "Go to the bots",
  },

  publicationStatus: {
    unpublished: "Not published",
    publishing: "Publishing",
    published: "Published",
    updating: "Updating",
    paused: "Paused",
    unpublishing: "Unpublishing",
    failed: "Publishing failed",
  } as Record<string, string>,

  syncStatus: {
    QUEUED: "Waiting",
    RUNNING: "Reading",
    SUCCEEDED: "In sync",
    FAILED: "Failed",
  } as Record<string, string>,

  runStatus: {
    queued: "Queued",
    in_progress: "In progress",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cancelled",
    incomplete: "Incomplete",
  } as Record<string, string>,

  scopes: { private: "Private", partial: "Shared with some", all: "Shared with everyone" },

  bots: {
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
  },

  createBot: {
    title: "Create a bot",
    description: "Only a title is needed. Everything can be changed later.",
    failed: "The bot was not created",
  },

  botFields: {
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

  bot: {
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
  },

  notPublished: {
    title: "The bot is not published",
    text: (what: string) => `${what} belong to its endpoint, and it has none yet.`,
    action: "Publish it",
    mayNot: "You may not publish or manage keys",
  },
};
