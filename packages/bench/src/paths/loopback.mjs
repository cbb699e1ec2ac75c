/** Loaded before a program that would listen on every address: it listens on this machine's own. */
import { Server } from "node:net";

const listen = Reflect.get(Server.prototype, "listen");

Server.prototype.listen = function listenHere(first, ...rest) {
  const options = typeof first === "object" ? first : { port: Number(first) };
  const done = rest.filter((one) => typeof one === "function");
  return Reflect.apply(listen, this, [{ ...options, host: "127.0.0.1" }, ...done]);
};
