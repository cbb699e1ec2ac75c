/**
 * Where a cross-Region inference profile leads, as its id begins.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const geographies = ["us", "us-gov", "eu", "jp", "au", "apac", "global"] as const;
export type Geography = (typeof geographies)[number];

/** Those that may be asked from a Region, the nearest first. */
export function geographiesOf(region: string): Geography[] {
  if (region.startsWith("us-gov-")) return ["us-gov"];
  if (region.startsWith("us-") || region.startsWith("ca-")) return ["us", "global"];
  if (region.startsWith("eu-")) return ["eu", "global"];
  if (["ap-northeast-1", "ap-northeast-3"].includes(region)) return ["jp", "apac", "global"];
  if (["ap-southeast-2", "ap-southeast-4"].includes(region)) return ["au", "apac", "global"];
  if (region.startsWith("ap-")) return ["apac", "global"];
  return ["global"];
}

/** The model behind a profile's id, and whether it is one. */
export function behindProfile(modelId: string): { modelId: string; isProfile: boolean } {
  const prefix = geographies.find((geography) => modelId.startsWith(`${geography}.`));
  return prefix
    ? { modelId: modelId.slice(prefix.length + 1), isProfile: true }
    : { modelId, isProfile: false };
}
