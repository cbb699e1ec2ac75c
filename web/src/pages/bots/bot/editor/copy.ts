/** Of the page Editor: behaviour, knowledge, sharing, the playground. */
export const copy = {
  behaviour: "Behaviour",
  behaviourHint: "A published bot answers by this from the next request on.",
  model: "Model",
  modelHint: "Which model answers, and how freely.",
  unsaved: "You have unsaved changes",
  save: "Save changes",
  saved: "Changes saved",
  saveFailed: "The changes were not saved",
  leave: "Leave without saving your changes?",
  leaveText: "What you have changed here since it was last saved is lost.",
  leaveAction: "Leave without saving",
  stay: "Stay here",

  knowledge: {
    title: "Knowledge",
    hint: "Files and web pages that the bot answers from. Each is read by itself.",
    failed: "The knowledge could not be loaded",
    listLabel: "Sources",
    empty: "No sources yet. Without any, the bot knows its instruction and its model only.",
    drop: "PDF, Word, PowerPoint, Excel, OpenDocument, e-books, mail, web pages, tables and texts, up to 100 MB each. Drop files here, or:",
    upload: "Upload files",
    write: "Write a text",
    addSite: "Add a web address",
    notSent: (name: string) =>
      `${name} did not arrive. Check the connection, then upload it again.`,
    uploadFailed: "The source was not added",
    passages: (count: number) => (count === 1 ? "1 passage" : `${count} passages`),
    done: {
      pages: (done: number, total: number) => `${done} of ${total} pages`,
      passages: (done: number, total: number) =>
        `${done} of ${total} passages made ready for search`,
    },
    notes: "Worth knowing",
    resync: "Read failed ones again",
    resyncFailed: "The sources were not queued again",
    removeOne: (name: string) => `Remove ${name}`,
    remove: "Remove source",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText: "The bot stops answering from it at once. The file is deleted here.",
    removeFailed: "The source was not removed",
    removed: (name: string) => `${name} removed`,
    emptyFile: (name: string) => `${name} is empty. Choose a file that has some text.`,
    tooLarge: (name: string) => `${name} is larger than 100 MB. Split it, then upload the parts.`,
    unreadable: (name: string) => `The browser could not read ${name}. Choose it again.`,
  },

  knowledgeBase: {
    label: "Knowledge base of Amazon Bedrock",
    hint: "The bot answers from it beside its own sources, from the next request on.",
    none: "None",
    saved: (id: string | null) =>
      id === null ? "The bot answers from its own sources alone" : `The bot answers from ${id} too`,
    lost: (id: string) =>
      `${id} is not allowed to you any more. Where nobody may use it, the bot answers from its own sources alone. Choose another one, or ask whoever runs this installation.`,
    failed: "The knowledge base was not changed",
  },

  search: {
    title: "Search the knowledge",
    hint: "The passages that the bot would be given, and why. No model is asked.",
    question: "Search for",
    find: "Search knowledge",
    failed: "The knowledge was not searched",
    nothing:
      "Nothing was found. Use words that the sources have, or add a source that says it, and see that all are read.",
    found: (count: number, engine: "lexical" | "vectors" | "hybrid", reranked: string | null) =>
      `${count === 1 ? "1 passage" : `${count} passages`} by ${
        { lexical: "words", vectors: "meaning", hybrid: "words and meaning" }[engine]
      }${reranked === null ? "" : `, put in order by ${reranked}`}`,
    problems: "Not everything was searched",
    from: "Found in",
    base: (id: string) => `Knowledge base ${id}`,
    score: "Score",
    similarity: "Nearness in meaning",
    words: "Words of the question",
    noWords: "none",
  },

  sites: {
    listLabel: "Web addresses",
    failed: "The web address was not changed",
    pages: (count: number) => (count === 1 ? "1 page" : `${count} pages`),
    visited: "Visited",
    every: (hours: number | null) =>
      hours === null ? "On request" : hours === 1 ? "Every hour" : `Every ${hours} hours`,
    visit: (url: string) => `Visit ${url} now`,
    remove: (url: string) => `Remove ${url}`,
    removeTitle: (url: string) => `Remove ${url}?`,
    removeText: "All of its pages are removed. The bot stops answering from them at once.",
    removeAction: "Remove web address",
  },

  addSite: {
    title: "Add a web address",
    description: "Public pages only. What has changed is read again at each visit.",
    url: "Address",
    urlHint: "Of a page, or of a site's sitemap, such as https://example.com/sitemap.xml.",
    kind: "What to read",
    kinds: { page: "This page", sitemap: "All pages of this sitemap" },
    schedule: "Visit it again",
    every: { never: "On request", hour: "Every hour", day: "Every day", week: "Every week" },
    failed: "The web address was not added",
    add: "Add web address",
  },

  addText: {
    title: "Write a text",
    description: "For what is in no file: a short answer, a rule, a list.",
    name: "Name",
    nameHint: "How answers name it as their source.",
    text: "Text",
    add: "Add text",
  },

  editText: {
    open: (name: string) => `Open ${name}`,
    title: (name: string) => name,
    description: "The bot answers from the old text until the new one has been read.",
    failed: "The text could not be opened",
    save: "Save text",
    saved: (name: string) => `${name} saved`,
    notSaved: "The text was not saved",
  },

  sharing: {
    title: "Sharing",
    hint: "Who may see the bot in this console. Only a bot shared with everyone can be published.",
    scope: "Who may see it",
    hints: {
      private: "Only you, and administrators.",
      partial: "You, and the people and groups you name.",
      all: "Everybody who is signed in. They see it, but change nothing.",
    },
    users: "People, by user id",
    usersHint: "One a line.",
    groups: "Groups",
    groupsHint: "One a line.",
    fixed: "Sharing cannot change while the bot is published. Unpublish it first.",
    save: "Save sharing",
    saved: "Sharing saved",
    failed: "Sharing was not saved",
  },

  deleteBot: {
    heading: "Delete this bot",
    hint: "Its instruction and its knowledge are deleted for good.",
    publishedHint:
      "It is unpublished first: its endpoint and all its keys end. Then its instruction and its knowledge are deleted, for good.",
    action: "Delete bot",
    title: (title: string) => `Delete ${title}?`,
    failed: "The bot was not deleted",
    done: (title: string) => `${title} deleted, with all that its clients said`,
    goesOn: (title: string) =>
      `${title} is being deleted. It leaves the list of bots when nothing of it is left.`,
  },
};
