import type { Clock } from "@outlet/core/ports";
import { beforeEach, describe, expect, test } from "vitest";
import { createPasswordGuard, type PasswordGuard } from "./password-guard.ts";
import type { DemoUser } from "./users.ts";

let nowMs = 0;
const clock: Clock = { now: () => nowMs, sleep: async () => {} };
const user = (name: DemoUser["name"]): DemoUser => ({
  name,
  sub: name,
  email: `${name}@outlet.example`,
  groups: [],
  password: `password of ${name}`,
});
let guard: PasswordGuard;
beforeEach(() => {
  nowMs = 0;
  guard = createPasswordGuard([user("owner"), user("admin")], clock);
});

const fail = (times: number, name = "owner") =>
  Array.from({ length: times }, () => guard.check(name, "wrong").outcome);

describe("a password", () => {
  test("opens its own account only", () => {
    expect(guard.check("owner", "password of owner")).toMatchObject({
      outcome: "right",
      user: { sub: "owner" },
    });
    expect(guard.check("owner", "password of admin").outcome).toBe("wrong");
    expect(guard.check("nobody", "password of owner").outcome).toBe("wrong");
    expect(guard.check("", "").outcome).toBe("wrong");
    expect(guard.check("__proto__", "").outcome).toBe("wrong");
  });

  test("is not even looked at after five wrong ones within a minute", () => {
    expect(fail(5)).toEqual(Array(5).fill("wrong"));
    nowMs = 10_000;
    expect(guard.check("owner", "password of owner")).toEqual({ outcome: "wait", seconds: 50 });
    nowMs = 60_000;
    expect(guard.check("owner", "password of owner").outcome).toBe("right");
  });

  test("that was right forgives the wrong ones before it", () => {
    fail(4);
    guard.check("owner", "password of owner");
    expect(fail(5)).toEqual(Array(5).fill("wrong"));
  });

  test("of one user is not held up by wrong ones of another", () => {
    fail(6);
    expect(guard.check("admin", "password of admin").outcome).toBe("right");
  });

  test("tried under ever new names is held up all the same", () => {
    const outcomes = Array.from({ length: 7 }, (_, n) => guard.check(`name${n}`, "x").outcome);
    expect(outcomes).toEqual(["wrong", "wrong", "wrong", "wrong", "wrong", "wait", "wait"]);
  });
});
