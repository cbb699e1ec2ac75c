import { metricsContract } from "../contracts/metrics-contract.ts";
import { makeCloudWatchSubject } from "../contracts/metrics-subjects.ts";
import { clientOptions, refereeEndpoints } from "./endpoints.ts";

const { ministack } = refereeEndpoints();
const { region, credentials } = clientOptions(ministack);

metricsContract("MiniStack", () =>
  makeCloudWatchSubject({ region, credentials, endpoint: ministack }),
);
