import { BlockList, isIP } from "node:net";

/** Of IANA's special-purpose registries: none of these is a public server's (RFC 6890 and others). */
const specialIpv4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** Global unicast is handed out of this block alone; the rest maps, tunnels or stays at home. */
const globalIpv6 = "2000::/3";
/** Teredo and other protocols, documentation, 6to4, and documentation again. */
const specialIpv6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const refused4 = blockList(specialIpv4, "ipv4");
const allowed6 = blockList([globalIpv6], "ipv6");
const refused6 = blockList(specialIpv6, "ipv6");

/** Whether a numeric address is that of a server which anybody could reach. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused4.check(address, "ipv4");
    case 6:
      // A zone belongs to a link, and no public address has one.
      if (address.includes("%")) return false;
      return allowed6.check(address, "ipv6") && !refused6.check(address, "ipv6");
    default:
      return false;
  }
}

function blockList(ranges: string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix] = range.split("/");
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
