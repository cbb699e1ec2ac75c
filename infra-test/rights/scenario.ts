import type { World } from "../applied/world.ts";

/** Something that one function does under its own role, and what it takes. */
export interface Scenario {
  /** What the function does, as a sentence's predicate. */
  title: string;
  /**
   * Rights without which it fails: an action, or an action and how its resource ends, as
   * `dynamodb:Query index/open`. Each of them is taken away in turn (`mutate.ts`).
   */
  uses: string[];
  run(world: World): Promise<void>;
}
