import { metricsContract } from "../src/contracts/metrics-contract.ts";
import { makeLocalMetricsSubject } from "../src/contracts/metrics-subjects.ts";

metricsContract("embedded", makeLocalMetricsSubject);
