import { describe, expect, test } from "vitest";
import { Caller } from "./index.ts";

const member = (...groups: string[]): Caller.Info => ({ userId: "u1", username: "ada", groups });

describe("who may what", () => {
  test("a member of PublishAllowed may publish and is no admin", () => {
    expect(Caller.mayPublish(member("PublishAllowed"))).toBe(true);
    expect(Caller.isAdmin(member("PublishAllowed"))).toBe(false);
  });

  test("an admin may publish without being in PublishAllowed", () => {
    expect(Caller.mayPublish(member("Admin"))).toBe(true);
    expect(Caller.isAdmin(member("Admin"))).toBe(true);
  });

  test("without groups, or with groups that only look alike, nothing is granted", () => {
    for (const groups of [
      [],
      ["admin"],
      ["Admins"],
      ["PublishAllowed "],
      ["Admin,PublishAllowed"],
    ]) {
      expect(Caller.mayPublish(member(...groups))).toBe(false);
      expect(Caller.isAdmin(member(...groups))).toBe(false);
    }
  });
});
