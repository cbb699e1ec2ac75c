import { deviationMark } from "./contracts/contract.ts";

/** The part of Vitest's JSON report that counts. */
export interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

export interface Summary {
  passed: number;
  failed: number;
  /** `emulator: check — deviates: reason`, each failed as declared. */
  deviations: string[];
  /** Tests left out for another reason. */
  skipped: string[];
}

/** A declared deviation is counted as neither; a file that broke before its tests as a failure. */
export function summarize({ testResults }: VitestReport): Summary {
  const summary: Summary = { passed: 0, failed: 0, deviations: [], skipped: [] };
  for (const file of testResults) {
    const failedBefore = summary.failed;
    for (const { fullName, status } of file.assertionResults) {
      if (status === "failed") summary.failed += 1;
      else if (status !== "passed") summary.skipped.push(fullName);
      else if (fullName.includes(deviationMark)) summary.deviations.push(fullName);
      else summary.passed += 1;
    }
    if (file.status === "failed" && summary.failed === failedBefore) summary.failed += 1;
  }
  return summary;
}
