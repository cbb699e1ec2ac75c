import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "@outlet/core/ports";
import type { DemoUser } from "./users.ts";

type PasswordCheck =
  | { outcome: "right"; user: DemoUser }
  | { outcome: "wrong" }
  /** Too many wrong ones lately; this one was not even looked at. */
  | { outcome: "wait"; seconds: number };

export interface PasswordGuard {
  check(name: string, password: string): PasswordCheck;
}

const failuresMax = 5;
const windowMs = 60_000;

/**
 * Compares passwords in constant time and lets at most five wrong ones through per user and minute.
 * All unknown names share one allowance, so that inventing names neither helps nor fills memory.
 */
export function createPasswordGuard(users: readonly DemoUser[], clock: Clock): PasswordGuard {
  const digestKey = randomBytes(32);
  const digest = (text: string) => createHmac("sha256", digestKey).update(text).digest();
  const byName = new Map(users.map((user) => [user.name as string, user]));
  const nobody = digest(randomBytes(32).toString("hex"));
  const failures = new Map<string, number[]>();

  return {
    check(name, password) {
      const user = byName.get(name);
      const account = user?.name ?? "";
      const now = clock.now();
      const recent = (failures.get(account) ?? []).filter((at) => at > now - windowMs);
      const oldest = recent[0];
      if (oldest !== undefined && recent.length >= failuresMax) {
        return { outcome: "wait", seconds: Math.ceil((oldest + windowMs - now) / 1000) };
      }
      // An unknown name costs the same work as a known one.
      const same = timingSafeEqual(digest(password), user ? digest(user.password) : nobody);
      if (!user || !same) {
        failures.set(account, [...recent, now]);
        return { outcome: "wrong" };
      }
      failures.delete(account);
      return { outcome: "right", user };
    },
  };
}
