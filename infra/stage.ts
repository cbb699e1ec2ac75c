/** Conditions of the stage come from here. */
export const isProd = $app.stage === "prod";

export const partition = aws.getPartitionOutput({}).partition;
export const region = aws.getRegionOutput({}).region;
export const accountId = aws.getCallerIdentityOutput({}).accountId;
/** The account and Region, as publications name where they live. */
export const cell = $interpolate`${accountId}/${region}`;
