import * as http from "node:http";
import * as http2 from "node:http2";
import { createServer, type Server, type Socket } from "node:net";

export type Request = http.IncomingMessage | http2.Http2ServerRequest;
export type Response = http.ServerResponse | http2.Http2ServerResponse;

/** Three bytes tell the HTTP/2 preface from every HTTP/1.1 method (RFC 9113 §3.4). */
const preface = "PRI";

/**
 * One port for HTTP/1.1 and for HTTP/2 without TLS. The SDK's Bedrock client speaks HTTP/2 by
 * default, curl and others HTTP/1.1; Node's own `allowHTTP1` works only under TLS.
 */
export function createSharedServer(listener: (req: Request, res: Response) => void): Server {
  const one = http.createServer(listener);
  const two = http2.createServer(listener);
  return createServer((socket) => {
    // A caller that is gone before its first byte is no news to anybody.
    socket.on("error", () => socket.destroy());
    peek(socket, preface.length, (start) => {
      (start.toString("latin1") === preface ? two : one).emit("connection", socket);
    });
  });
}

/** Hands over the first bytes without taking them from the socket. */
function peek(socket: Socket, length: number, found: (start: Buffer) => void): void {
  const look = (): void => {
    const start: unknown = socket.read(length);
    if (!Buffer.isBuffer(start)) return;
    socket.off("readable", look);
    socket.unshift(start);
    if (start.length === length) found(start);
  };
  socket.on("readable", look);
}
