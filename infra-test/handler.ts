/** Those that a gateway calls; all others work off queues and schedules. */
const faces = ["authorizer", "control-api", "published-api"];

/** The handler of a function, as the program names it to SST. */
export const handlerOf = (name: string): string =>
  `packages/functions/src/${faces.includes(name) ? name : `workers/${name}`}/lambda.handler`;
