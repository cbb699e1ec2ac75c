import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { type HttpLimits, HttpRefused } from "@outlet/core/ports";
import { isPublicAddress } from "./addresses.ts";

/** Every address of a name, in the order in which they are to be tried. */
type Resolve = (hostname: string) => Promise<LookupAddress[]>;

export interface DestinationRules {
  resolve: Resolve;
  /** Ports that may be reached on public addresses. */
  ports: readonly number[];
  /** Addresses with ports, such as `127.0.0.1:8080`, that are reached although they are not public. */
  allow: readonly string[];
}

/** Where a connection goes: checked, and not looked up again. */
export interface Destination {
  url: URL;
  addresses: LookupAddress[];
}

/**
 * Checks an address by all rules and resolves it once.
 * @throws HttpRefused
 */
export async function findDestination(
  address: string,
  rules: DestinationRules,
  { hosts }: Pick<HttpLimits, "hosts">,
): Promise<Destination> {
  const url = parse(address);
  const hostname = bare(url);
  if (hosts && !hosts.some((pattern) => matches(hostname, pattern))) {
    throw new HttpRefused(
      "host_not_allowed",
      `${hostname} is not on the list of hosts that may be reached.`,
    );
  }
  const addresses = await resolve(hostname, rules.resolve);
  const port = portOf(url);
  const exempt = addresses.filter((it) => rules.allow.includes(named(it.address, port)));
  if (exempt.length > 0) return { url, addresses: exempt };
  checkPublic(url, hostname, addresses, port, rules);
  return { url, addresses };
}

function parse(address: string): URL {
  // The parser of the standard makes one of 0x7f.1, 2130706433 and １２７.０.０.１.
  const url = URL.parse(address);
  if (!url || url.hostname === "") {
    throw new HttpRefused("invalid_url", "It is not the address of a server.");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new HttpRefused("scheme_not_allowed", "Only https:// and http:// addresses are reached.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new HttpRefused(
      "invalid_url",
      "An address with a user name in it is not reached. Give credentials in a header.",
    );
  }
  return url;
}

/** A host without the brackets of IPv6 and the dot of the root. */
const bare = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

const portOf = (url: URL): number => Number(url.port || (url.protocol === "https:" ? 443 : 80));

const named = (address: string, port: number): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

function matches(hostname: string, pattern: string): boolean {
  const wanted = pattern.trim().toLowerCase().replace(/\.$/, "");
  if (!wanted.startsWith("*.")) return hostname === wanted;
  return hostname.endsWith(wanted.slice(1)) && hostname.length > wanted.length - 1;
}

async function resolve(hostname: string, lookUp: Resolve): Promise<LookupAddress[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  let addresses: LookupAddress[];
  try {
    addresses = await lookUp(hostname);
  } catch (cause) {
    throw new HttpRefused("unknown_host", `No server is known by the name ${hostname}.`, { cause });
  }
  if (addresses.length > 0) return addresses;
  throw new HttpRefused("unknown_host", `No server is known by the name ${hostname}.`);
}

/** One private address among public ones is how names are made to lead inside. */
function checkPublic(
  url: URL,
  hostname: string,
  addresses: LookupAddress[],
  port: number,
  { ports }: DestinationRules,
): void {
  if (addresses.some(({ address }) => !isPublicAddress(address))) {
    throw new HttpRefused(
      "address_not_public",
      `${hostname} is not a public server. Addresses of this network and this machine are not reached.`,
    );
  }
  if (!ports.includes(port)) {
    throw new HttpRefused(
      "port_not_allowed",
      `Port ${port} is not reached, only ${ports.join(", ")}. Serve ${url.host} on one of them.`,
    );
  }
}
