import type { LookupAddress } from "node:dns";

/** Ways of naming this machine, its network, or what clouds keep on link-local addresses. */
const literals = [
  ..."127.0.0.1 127.1 127.0.1 127.000.000.001 0177.0.0.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001".split(
    " ",
  ),
  ..."0x7f.1 127.0.0.1. 127.255.255.254 0 0.0.0.0 0.0.0.1 00000000 0x0 127.0x1 0177.1".split(" "),
  ..."１２７.0.0.1 ①②⑦.0.0.1 127。0。0。1 127．0．0．1 127｡0｡0｡1 %31%32%37.0.0.1 127%2e0%2e0%2e1".split(
    " ",
  ),
  ..."10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255 0xc0a80001".split(
    " ",
  ),
  ..."169.254.169.254 169.254.170.2 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.16689662".split(
    " ",
  ),
  ..."100.64.0.1 100.127.255.254 192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255".split(
    " ",
  ),
  ..."198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255".split(" "),
  ..."[::1] [::] [0:0:0:0:0:0:0:1] [0000::0001] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1]".split(
    " ",
  ),
  ..."[::ffff:10.0.0.1] [::ffff:169.254.169.254] [0:0:0:0:0:ffff:7f00:0001] [::ffff:0:127.0.0.1]".split(
    " ",
  ),
  ..."[64:ff9b::7f00:1] [64:ff9b::169.254.169.254] [64:ff9b:1::1] [2002:7f00:1::] [2002:a9fe:a9fe::1]".split(
    " ",
  ),
  ..."[2001:0:7f00:1::] [2001:db8::1] [2001:20::1] [3fff::1] [100::1] [fc00::1] [fd00:ec2::254]".split(
    " ",
  ),
  ..."[fd12:3456::1] [fe80::1] [febf::1] [fec0::1] [ff02::1] [ff05::2] [5f00::1] [::2] [4000::1]".split(
    " ",
  ),
];
/** Addresses of a server of this machine, and what is none, in all ways there are of writing them. */
export const privateUrls = (port: number): string[] => [
  ...literals.flatMap((host) => [`http://${host}:${port}/`, `https://${host}:${port}/`]),
  ...[
    `http://localhost:${port}`,
    `http://LOCALHOST:${port}/`,
    `http://localhost.:${port}/`,
    `http://user@127.0.0.1:${port}/`,
    `http://public.example:80@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}#@public.example/`,
    `http://127.0.0.1:${port}\\@public.example/`,
    `http:127.0.0.1:${port}/`,
    `http:/\\127.0.0.1:${port}/`,
    `http:///127.0.0.1:${port}/`,
    ` \t http://127.0.0.1:${port}/`,
    `ht\ntp://127.0.0.1:${port}/`,
    `http://127.0.\t0.1:${port}/`,
    `//127.0.0.1:${port}/`,
    `file:///etc/passwd`,
    `ftp://127.0.0.1:${port}/`,
    `gopher://127.0.0.1:${port}/`,
    `data:text/plain,x`,
    `javascript:1`,
    "",
  ],
];

/** What a name may be made to lead to. */
export const privateAnswers: LookupAddress[][] = [
  "127.0.0.1",
  "0.0.0.0",
  "10.1.2.3",
  "169.254.169.254",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "64:ff9b::7f00:1",
  "fd00:ec2::254",
  "fe80::1%eth0",
  "2002:7f00:1::",
  "nonsense",
].map((address) => [{ address, family: address.includes(":") ? 6 : 4 }]);
