/** Of erasing what one client has said. */
export const copy = {
  erase: "Erase conversations",
  title: (label: string) => `Erase what the client of ${label} has said?`,
  text: "Every conversation that it has begun so far is deleted for good, with all answers, files and lines of the requests, whichever of its keys it used. The key goes on working. What it cost stays in the ledger, without a word of it.",
  failed: "The conversations were not erased",
  begun: "The conversations are being erased",
  done: (count: number) =>
    count === 1 ? "1 conversation erased" : `${count} conversations erased`,
  list: {
    title: "Erased conversations",
    hint: "On the owner's request. It goes on when you leave this page.",
    failed: "What was erased could not be loaded",
    client: "Client",
    status: "State",
    conversations: "Conversations",
    requests: "Requests",
    begun: "Begun",
    ended: "Done",
    notYet: "Not yet",
    statuses: { erasing: "Erasing", erased: "Erased" },
    goneKeys: "keys that are gone",
  },
};
