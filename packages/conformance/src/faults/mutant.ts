/** One condition of the protocol, taken out of the code. */
export interface Mutant {
  name: string;
  /** Module in `packages/core/src`. */
  file: string;
  /** Where it is missed soonest; all of them where absent. */
  profile?: string;
  /** Whether it takes budgets that hardly suffice to miss it. */
  budgets?: boolean;
  /** Each is there exactly once. */
  replace: [find: string, by: string][];
}
