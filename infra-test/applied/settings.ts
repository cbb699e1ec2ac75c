import { environment } from "../program.ts";

/** With what the app is rendered, bundled and applied. */
export const stage = "applied";
export const pepper = Buffer.alloc(32, 7);
export const secrets = { KeyPepper: pepper.toString("base64") };
export const settings = {
  ...environment,
  OUTLET_MODELS: "outlet-demo",
  // All that the suites make is one person's.
  OUTLET_CAPS: "bots=10000,publications=10000,testsPerDay=10000,uploadsPerDay=10000",
};
export const cell = "111122223333/us-east-1";
