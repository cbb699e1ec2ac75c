import ipaddr from "ipaddr.js";
import { remembering } from "./remembering.ts";

/** Few call a machine of one's own. */
const addressesMax = 1_000;

/** What the web ACL says of a {@link sourceAddress}. */
export type AllowList = (address: string) => boolean;

/**
 * The web ACL: blocks every address outside the ranges. An empty list lets nobody in, as an empty
 * IP set does.
 * @param ranges CIDR notation, IPv4 and IPv6.
 * @throws where a range is not CIDR notation: a mistyped one must not be left out silently.
 */
export function createAllowList(ranges: string[]): AllowList {
  const parsed = ranges.map((range) => ipaddr.parseCIDR(range));
  return remembering(addressesMax, (address) => {
    if (!ipaddr.isValid(address)) return false;
    const source = ipaddr.parse(address);
    return parsed.some(([base, bits]) => source.kind() === base.kind() && source.match(base, bits));
  });
}

/** A socket's peer, IPv4 also where it came in through an IPv6 socket (`::ffff:127.0.0.1`). */
export const sourceAddress = (remoteAddress: string | undefined): string =>
  remoteAddress === undefined ? "" : processed(remoteAddress);

const processed = remembering(addressesMax, (address) =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : "",
);
