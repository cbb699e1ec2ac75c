import type { Referees } from "./start.ts";

/** How the runner tells the test processes where the referees are. */
export const endpointsVariable = "OUTLET_REFEREES";

export function refereeEndpoints(): Referees {
  const text = process.env[endpointsVariable];
  if (text === undefined) throw new Error("Run these with npm run test:aws");
  return JSON.parse(text) as Referees;
}

/** Settings of SDK clients for one referee; it takes any credentials. */
export function clientOptions(endpoint: string) {
  return {
    region: "us-east-1",
    endpoints: { dynamodb: endpoint, sqs: endpoint, s3: endpoint, ssm: endpoint },
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}
