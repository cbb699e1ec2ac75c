import { expect, test } from "vitest";
import { deviationMark } from "./contracts/contract.ts";
import { summarize } from "./report.ts";

const file = (status: string, ...assertionResults: { fullName: string; status: string }[]) => ({
  name: "a.referee.ts",
  status,
  assertionResults,
});

test("declared deviations count neither as passed nor as failed", () => {
  const results = [
    { fullName: "keeps items", status: "passed" },
    { fullName: `keeps groups${deviationMark}it drops them`, status: "passed" },
    { fullName: "keeps order", status: "failed" },
    { fullName: "keeps time", status: "skipped" },
  ];
  expect(summarize({ testResults: [file("failed", ...results)] })).toEqual({
    passed: 1,
    failed: 1,
    deviations: [`keeps groups${deviationMark}it drops them`],
    skipped: ["keeps time"],
  });
});

test("a deviation that did not fail as declared is a failure", () => {
  const name = `keeps groups${deviationMark}it drops them`;
  const report = { testResults: [file("failed", { fullName: name, status: "failed" })] };
  expect(summarize(report)).toMatchObject({ failed: 1, deviations: [] });
});

test("a file that broke before any of its tests is a failure", () => {
  expect(summarize({ testResults: [file("failed")] })).toMatchObject({ passed: 0, failed: 1 });
});
