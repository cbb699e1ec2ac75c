/** Who is calling the control API, as the sign-in service vouches for them. */
export * as Caller from "./index.ts";

/** The group whose members may publish their own bots. */
export const publisherGroup = "PublishAllowed";
/** The group whose members may do everything with any bot. */
export const adminGroup = "Admin";

export interface Info {
  /** Stable and opaque: the `sub` of the access token. */
  userId: string;
  /** For people to read; may change and never decides anything. */
  username: string;
  groups: string[];
}

export function isAdmin(caller: Pick<Info, "groups">): boolean {
  return caller.groups.includes(adminGroup);
}

/** Whether the caller may publish bots of their own. Says nothing about bots of others. */
export function mayPublish(caller: Pick<Info, "groups">): boolean {
  return caller.groups.includes(publisherGroup) || isAdmin(caller);
}
