/**
 * A queue of doorbells: at least once, perhaps twice, perhaps late. A message names what to look at
 * and carries nothing that could be lost.
 */
export interface Queue {
  /**
   * @param body JSON text, well under the queue's message limit.
   * @param options.group whose turn it is: one group's backlog does not delay another's.
   * @param options.delaySeconds 0–900.
   */
  send(body: string, options: { group: string; delaySeconds?: number }): Promise<void>;
}
