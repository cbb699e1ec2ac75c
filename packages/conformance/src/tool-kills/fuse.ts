/** How a process stops at one of its calls. */
export type Stop = "before" | "after" | "stall";

/**
 * Everything that a process awaits goes through its fuse. At the call that was chosen the process
 * dies, before or after it is carried out, or it stands still until it is released: then nothing of it
 * is heard, whatever it was about to do.
 */
export function createFuse(stopAt: number, stop: Stop) {
  const stopped = Promise.withResolvers<"stopped">();
  const released = Promise.withResolvers<void>();
  let count = 0;
  let isDead = false;
  let isStill = false;
  const never = () => new Promise<never>(() => {});

  async function pass<T>(carryOut: () => Promise<T>): Promise<T> {
    if (isDead) return never();
    count += 1;
    const isHere = count === stopAt;
    if (isHere && stop === "before") {
      isDead = true;
      stopped.resolve("stopped");
      return never();
    }
    if (isHere && stop === "stall") {
      isStill = true;
      stopped.resolve("stopped");
    }
    // A process that stands still does so in all that it does.
    if (isStill) await released.promise;
    const value = await carryOut();
    if (isHere && stop === "after") {
      isDead = true;
      stopped.resolve("stopped");
    }
    return isDead ? never() : value;
  }

  return {
    pass,
    stopped: stopped.promise,
    /** Calls so far. */
    get count(): number {
      return count;
    },
    release(): void {
      isStill = false;
      released.resolve();
    },
  };
}
export type Fuse = ReturnType<typeof createFuse>;
