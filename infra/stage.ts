/** Conditions of the stage come from here. */
export const isProd = $app.stage === "prod";

/** Where Vite serves the console in `sst dev`. Cognito allows plain http for this name alone. */
export const consoleDevOrigin = "http://localhost:5173";

export const partition = aws.getPartitionOutput({}).partition;
export const region = aws.getRegionOutput({}).region;
export const accountId = aws.getCallerIdentityOutput({}).accountId;
/** The account and Region, as publications name where they live. */
export const cell = $interpolate`${accountId}/${region}`;
