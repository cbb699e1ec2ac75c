import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findRunning, listRunning, noteRunning } from "./running.ts";

let env: NodeJS.ProcessEnv;
let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outlet-running-test-"));
  env = { OUTLET_RUNNING: place };
});
afterEach(() => rmSync(place, { recursive: true }));
const folder = () => join(place, `outlet-running-${userInfo().username}`);
/** One that runs, and is not this process. */
const parent = String(process.ppid);

test("the only Outlet that runs is found, and none once it has ended", () => {
  expect(findRunning(env)).toBeUndefined();
  const end = noteRunning("/data/a", env);
  expect(findRunning(env)).toBe("/data/a");
  end();
  expect(findRunning(env)).toBeUndefined();
});

test("of several the one in the present folder is meant, or they are named", () => {
  noteRunning("/data/a", env);
  writeFileSync(join(folder(), parent), "/data/b");
  expect(() => findRunning(env)).toThrow(/--data \/data\/a\n {2}--data \/data\/b/);
  writeFileSync(join(folder(), parent), join(process.cwd(), ".outlet"));
  expect(findRunning(env)).toBe(join(process.cwd(), ".outlet"));
});

test("what a killed one has left is cleared away", () => {
  noteRunning("/data/a", env);
  for (const name of ["999999999", "nonsense"]) writeFileSync(join(folder(), name), "/data/x");
  expect(listRunning(env)).toEqual(["/data/a"]);
  expect(readdirSync(folder())).toEqual([String(process.pid)]);
});
