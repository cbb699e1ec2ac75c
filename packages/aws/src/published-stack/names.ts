/**
 * The API's name is the dimension of its CloudWatch metrics: ASCII, literal and unique.
 * @param stage of the app, which is part of every name where it is deployed.
 */
export const apiName = (botId: string, stage?: string): string => `${namePrefix(stage)}-${botId}`;

const namePrefix = (stage: string | undefined): string => (stage ? `outlet-${stage}` : "outlet");

/** What the names of all stacks of published bots begin with. */
export const stackPrefix = (stage?: string): string => `${namePrefix(stage)}-bot-`;

/** What the names of the gateway's own keys begin with. */
export const keyPrefix = (stage?: string): string => `${namePrefix(stage)}-key-`;
