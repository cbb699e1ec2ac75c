import type { Id } from "@outlet/core/foundation/id";
import type { Clock } from "@outlet/core/ports";
import type { Prng } from "./prng.ts";

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** ULIDs whose random part comes from the seed. */
export function createIds(clock: Clock, prng: Prng): Id.Ids {
  return {
    ulid() {
      let time = clock.now();
      let head = "";
      for (let i = 0; i < 10; i++) {
        head = digits.charAt(time % 32) + head;
        time = Math.floor(time / 32);
      }
      return head + Array.from({ length: 16 }, () => digits.charAt(prng.below(32))).join("");
    },
  };
}
