import { it } from "vitest";

/**
 * Checks of a contract that an emulator is known to fail, by name, each with the reason. They run
 * all the same and must fail: a deviation that is gone has to be taken off the list. Only what
 * fails now and then is left out.
 */
export type Deviations = Record<string, string | { nowAndThen: string }>;

/** Marks a deviation in the name of its test, so that a report can list them. */
export const deviationMark = " — deviates: ";

export interface Contract {
  check: (name: string, run: () => Promise<void>) => void;
  /** To be called last: a deviation that names no check is a mistake. */
  end: () => void;
}

export function createContract(deviations: Deviations): Contract {
  const unused = new Set(Object.keys(deviations));
  return {
    check(name, run) {
      unused.delete(name);
      const deviation = deviations[name];
      if (deviation === undefined) {
        // oxlint-disable-next-line vitest/valid-title -- a check's name is its title
        it(name, run);
      } else if (typeof deviation === "string") {
        it.fails(`${name}${deviationMark}${deviation}`, run);
      } else {
        // oxlint-disable-next-line vitest/no-disabled-tests -- the reason is printed
        it.skip(`${name}${deviationMark}${deviation.nowAndThen}`, run);
      }
    },
    end() {
      if (unused.size > 0) throw new Error(`No such check: ${[...unused].join("; ")}`);
    },
  };
}
