/** What a hook is told of a run that has ended: enough to find it and to tell its ends apart. */
export interface EndedRun {
  botId: string;
  clientId: string;
  conversationId: string;
  runId: string;
  status: "completed" | "failed" | "cancelled" | "incomplete";
  /** How often its owner had put it back by then: each redrive brings one more end. */
  redrives: number;
  /** Who wants to be told over HTTP: the publication's owner, and where the caller said to. */
  webhooks: { owner: boolean; caller: { url: string; secret: string } | null };
}

/**
 * Called when a run has ended, before it leaves its mailbox: at least once for each end, and again
 * where the worker died in between. Whoever implements it writes what it has to write, put if absent
 * under (runId, redrives), and does the slow part elsewhere. A run that is removed because its
 * conversation was deleted is not told of.
 * @throws StoreUnavailable: the run stays in the mailbox, and the hook is called again.
 */
export interface EndOfRunHook {
  (run: EndedRun): Promise<void>;
  /**
   * Whether it has anything to write for such a run; for each where absent. Of others it need not be
   * told: they may leave their mailbox in the write that ends them.
   */
  concerns?(run: Pick<EndedRun, "webhooks">): boolean;
}
