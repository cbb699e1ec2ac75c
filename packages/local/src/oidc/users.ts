import { Caller } from "@outlet/core/foundation/caller";
import type { Secrets } from "./secrets.ts";

export interface DemoUser {
  name: "owner" | "user" | "admin";
  /** Stable for as long as the data folder lives. */
  sub: string;
  email: string;
  groups: string[];
  password: string;
}

/** One user for each row of what somebody may do. */
const profiles: { name: DemoUser["name"]; groups: string[] }[] = [
  { name: "owner", groups: [Caller.publisherGroup] },
  { name: "user", groups: [] },
  { name: "admin", groups: [Caller.adminGroup] },
];

export function demoUsers(secrets: Pick<Secrets, "passwords" | "subjects">): DemoUser[] {
  return profiles.map(({ name, groups }) => ({
    name,
    sub: secrets.subjects[name],
    // RFC 6761: never a real mailbox.
    email: `${name}@outlet.example`,
    groups: [...groups],
    password: secrets.passwords[name],
  }));
}
