import { setImmediate } from "node:timers/promises";

/**
 * Has the arrival of requests noted before any of them is worked on. Throttling goes by arrival, and
 * the event loop takes one new connection a turn (libuv does since 1.45): with work in between, the
 * last of a hundred that were sent at once would look a second late on a busy machine.
 */
export class Arrivals {
  readonly #patienceMs: number;
  #count = 0;

  /** @param patienceMs the longest that a request is held back while others go on coming in. */
  constructor(patienceMs = 100) {
    this.#patienceMs = patienceMs;
  }

  note(): void {
    this.#count += 1;
  }

  /** Resolves once nothing has come in for a whole turn of the event loop. */
  async settled(): Promise<void> {
    const giveUpAt = performance.now() + this.#patienceMs;
    let seen: number;
    // The end of the turn that brought the request.
    await setImmediate();
    do {
      seen = this.#count;
      await setImmediate();
    } while (this.#count !== seen && performance.now() < giveUpAt);
  }
}
