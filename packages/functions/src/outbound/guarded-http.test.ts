import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectBody, type HttpLimits, HttpRefused, type HttpRequest } from "@outlet/core/ports";
import { createGuardedHttp, type GuardedHttpOptions } from "./guarded-http.ts";
import { privateAnswers, privateUrls } from "./private-addresses.test-support.ts";

const open: { close(): void }[] = [];
afterAll(() => {
  for (const server of open) server.close();
});

async function listen(server: Server, host = "127.0.0.1", port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}
const serve = (listener: RequestListener) => listen(createServer(listener));

const limits: HttpLimits = { timeoutMs: 5_000, responseBytesMax: 100_000 };
async function call(
  request: string | HttpRequest,
  options: GuardedHttpOptions = {},
  more: Partial<HttpLimits> = {},
): Promise<{ status: number; url: string; text: string }> {
  const asked = typeof request === "string" ? { url: request } : request;
  const response = await createGuardedHttp(options).send(asked, { ...limits, ...more });
  const { status, url } = response;
  return { status, url, text: Buffer.from(await collectBody(response)).toString() };
}
const codeOf = async (...args: Parameters<typeof call>): Promise<string> => {
  const error: unknown = await call(...args).catch((cause: unknown) => cause);
  if (error instanceof HttpRefused) return error.code;
  throw new Error("It was answered, or failed otherwise", { cause: error });
};

/** A server inside, on both families, that counts who gets through. */
let inside = { port: 0, reached: 0 };
beforeAll(async () => {
  const count: RequestListener = (_req, res) => {
    inside.reached++;
    res.end("inside");
  };
  const port = await serve(count);
  // Where the machine has no IPv6 its forms cannot be reached anyhow.
  await Promise.race([
    listen(createServer(count), "::1", port).catch(() => 0),
    new Promise((resolve) => setImmediate(resolve)),
  ]);
  inside = { port, reached: 0 };
});

describe("a private address", () => {
  test("is not reached, whatever it is called", async () => {
    const all = privateUrls(inside.port);
    expect(all.length).toBeGreaterThan(150);
    const ports = [inside.port];
    for (const url of all) expect(await codeOf(url, { ports }), url).toMatch(/./);
    expect(inside.reached).toBe(0);
    // The same server is there and can be reached by whoever is let in.
    const allow = [`127.0.0.1:${inside.port}`];
    expect((await call(`http://127.1:${inside.port}/`, { allow })).text).toBe("inside");
    expect(inside.reached).toBe(1);
    inside.reached = 0;
  });

  test("is not reached by a name that leads to it, alone or among public ones", async () => {
    const answers = privateAnswers;
    const pub = { address: "93.184.215.14", family: 4 };
    const mixed = answers.flatMap((answer) => [
      [pub, ...answer],
      [...answer, pub],
    ]);
    for (const answer of [...answers, ...mixed]) {
      const options = { resolve: async () => answer, ports: [inside.port] };
      expect(await codeOf(`http://name.example:${inside.port}/`, options)).toBe(
        "address_not_public",
      );
    }
    expect(inside.reached).toBe(0);
  });

  test("is not reached by a name whose answer changes: it is asked for once", async () => {
    let asked = 0;
    const outside = await serve((_req, res) => res.end("outside"));
    const resolve = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    const allow = [`127.0.0.1:${outside}`];
    const { text } = await call(`http://rebind.example:${outside}/`, { resolve, allow });
    expect([text, asked]).toEqual(["outside", 1]);
  });

  test("is not reached by a redirect, in whatever notation, from whatever status", async () => {
    let location = "";
    let status = 302;
    const outside = await serve((_req, res) => res.writeHead(status, { location }).end());
    const options = { allow: [`127.0.0.1:${outside}`], ports: [inside.port] };
    for (const url of privateUrls(inside.port).filter((it) => /^http:\/\/[\x21-\x7e]+$/.test(it))) {
      location = url;
      status = [301, 302, 303, 307, 308][url.length % 5] ?? 302;
      expect(await codeOf(`http://127.0.0.1:${outside}/`, options), url).toMatch(/./);
    }
    location = `//localhost:${inside.port}/`;
    expect(await codeOf(`http://127.0.0.1:${outside}/`, options)).toBe("address_not_public");
    expect(inside.reached).toBe(0);
  });
});

describe("what may be reached", () => {
  const resolve = async () => [{ address: "93.184.215.14", family: 4 }];

  test("is a list of ports on public addresses", async () => {
    expect(await codeOf("http://name.example:22/", { resolve })).toBe("port_not_allowed");
    expect(await codeOf("https://name.example:6379/", { resolve })).toBe("port_not_allowed");
  });

  test("may be a list of hosts, and holds after a redirect", async () => {
    const hosts = ["Good.Example", "*.tools.example."];
    const refused = ["bad.example", "good.example.bad.example", "xgood.example", "tools.example"];
    for (const host of refused) {
      expect(await codeOf(`https://${host}/`, { resolve }, { hosts })).toBe("host_not_allowed");
    }
    const port = await serve((_req, res) =>
      res.writeHead(302, { location: "https://bad.example/" }).end(),
    );
    const local = async () => [{ address: "127.0.0.1", family: 4 }];
    const options = { resolve: local, allow: [`127.0.0.1:${port}`] };
    const url = `http://a.tools.example:${port}/`;
    expect(await codeOf(url, options, { hosts })).toBe("host_not_allowed");
  });

  test("must be known by name", async () => {
    const unknown = async () => Promise.reject(new Error("ENOTFOUND"));
    expect(await codeOf("https://no.example/", { resolve: unknown })).toBe("unknown_host");
    expect(await codeOf("https://no.example/", { resolve: async () => [] })).toBe("unknown_host");
  });
});

describe("a call", () => {
  const at = (port: number) => ({ allow: [`127.0.0.1:${port}`] });

  test("sends method, headers and body, and nothing of this machine", async () => {
    const port = await serve((req, res) => {
      const parts: Buffer[] = [];
      req.on("data", (part: Buffer) => parts.push(part));
      req.on("end", () => {
        res.end(JSON.stringify([req.method, req.headers, Buffer.concat(parts).toString()]));
      });
    });
    process.env["HTTP_PROXY"] = "http://127.0.0.1:1";
    const headers = { "X-Key": "k", Host: "other.example", "Proxy-Authorization": "x" };
    const url = `http://127.0.0.1:${port}/`;
    const { text } = await call({ method: "PUT", url, headers, body: "é" }, at(port));
    delete process.env["HTTP_PROXY"];
    expect(JSON.parse(text)).toEqual([
      "PUT",
      {
        "accept-encoding": "gzip, br, deflate",
        "content-length": "2",
        connection: "close",
        host: `127.0.0.1:${port}`,
        "x-key": "k",
      },
      "é",
    ]);
  });

  test("follows redirects without what names a person, as the standard has it", async () => {
    const seen: unknown[] = [];
    const second = await serve((req, res) => {
      seen.push([req.method, req.url, req.headers["authorization"], req.headers["accept"]]);
      res.end("there");
    });
    const first = await serve((req, res) => {
      const to = req.url === "/303" ? `http://127.0.0.1:${second}/x` : "/303";
      res.writeHead(req.url === "/303" ? 303 : 307, { location: to }).end();
      seen.push([req.method, req.url, req.headers["authorization"]]);
    });
    const headers = { Authorization: "Bearer t", Accept: "text/html" };
    const allow = [`127.0.0.1:${first}`, `127.0.0.1:${second}`];
    const url = `http://127.0.0.1:${first}/`;
    const result = await call({ method: "POST", url, headers, body: "x" }, { allow });
    expect(result).toMatchObject({ text: "there", url: `http://127.0.0.1:${second}/x` });
    expect(seen).toEqual([
      ["POST", "/", "Bearer t"],
      ["POST", "/303", "Bearer t"],
      ["GET", "/x", undefined, "text/html"],
    ]);
  });

  test("does not go round in circles, and hands a redirect back where none is to be followed", async () => {
    const port = await serve((_req, res) => res.writeHead(301, { location: "/" }).end("moved"));
    const url = `http://127.0.0.1:${port}/`;
    expect(await codeOf(url, at(port))).toBe("too_many_redirects");
    expect(await call(url, at(port), { redirectsMax: 0 })).toMatchObject({
      status: 301,
      text: "moved",
    });
  });

  test.each([
    ["declared", { "content-length": "200000" }, Buffer.alloc(200_000)],
    ["sent in pieces", {}, Buffer.alloc(200_000)],
    ["packed", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(50_000_000))],
    ["packed otherwise", { "content-encoding": "br" }, brotliCompressSync(Buffer.alloc(9_000_000))],
  ])("takes no more than its bound of a body that is %s", async (_what, headers, body) => {
    const port = await serve((_req, res) => res.writeHead(200, headers).end(body));
    expect(await codeOf(`http://127.0.0.1:${port}/`, at(port))).toBe("too_large");
  });

  test("unpacks what is packed, and refuses what it cannot", async () => {
    const answers: Record<string, [string, Buffer]> = {
      "/gzip": ["gzip", gzipSync("text")],
      "/br": ["br", brotliCompressSync("text")],
      "/odd": ["zstd-nine", Buffer.from("text")],
      "/objects": ["constructor", Buffer.from("text")],
      "/false": ["gzip", Buffer.from("text")],
    };
    const port = await serve((req, res) => {
      const [encoding, body] = answers[req.url ?? ""] ?? ["identity", Buffer.alloc(0)];
      res.writeHead(200, { "content-encoding": encoding }).end(body);
    });
    const url = `http://127.0.0.1:${port}`;
    expect((await call(`${url}/gzip`, at(port))).text).toBe("text");
    expect((await call(`${url}/br`, at(port))).text).toBe("text");
    expect(await codeOf(`${url}/odd`, at(port))).toBe("invalid_response");
    expect(await codeOf(`${url}/objects`, at(port))).toBe("invalid_response");
    expect(await codeOf(`${url}/false`, at(port))).toBe("unreachable");
  });

  test("ends in time: without an answer, within a body, at a name that is never found", async () => {
    const port = await serve((req, res) => {
      if (req.url === "/body") res.writeHead(200).write("begun");
    });
    const soon = { timeoutMs: 50 };
    expect(await codeOf(`http://127.0.0.1:${port}/`, at(port), soon)).toBe("timeout");
    expect(await codeOf(`http://127.0.0.1:${port}/body`, at(port), soon)).toBe("timeout");
    const never = () => new Promise<never>(() => {});
    expect(await codeOf("https://never.example/", { resolve: never }, soon)).toBe("timeout");
  });

  test("ends when nobody waits any more", async () => {
    const giving = new AbortController();
    const port = await serve(() => giving.abort(new Error("nobody waits")));
    const { signal } = giving;
    const calling = call(`http://127.0.0.1:${port}/`, at(port), { signal });
    await expect(calling).rejects.toThrow("nobody waits");
  });

  test("says that nobody is there, or that it is no server of the web", async () => {
    const tcp = createTcpServer((socket) => socket.end("SSH-2.0-x\r\n"));
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    open.push(tcp);
    const port = (tcp.address() as AddressInfo).port;
    expect(await codeOf(`http://127.0.0.1:${port}/`, at(port))).toBe("invalid_response");
    const gone = await serve(() => {});
    open.pop()?.close();
    expect(await codeOf(`http://127.0.0.1:${gone}/`, at(gone))).toBe("unreachable");
  });

  test("verifies certificates, also where the environment says otherwise", async () => {
    const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
    const cert = read("test-certificate.pem");
    const server = createSecureServer({ cert, key: read("test-key.pem") }, (_req, res) => {
      res.end("secret");
    });
    const port = await listen(server);
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const options = { ...at(port), resolve };
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    const named = `https://outlet-test.example:${port}/`;
    expect(await codeOf(named, options)).toBe("certificate");
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    const trusting = { ...options, ca: cert.toString() };
    expect((await call(named, trusting)).text).toBe("secret");
    expect(await codeOf(`https://other.example:${port}/`, trusting)).toBe("certificate");
  });
});
