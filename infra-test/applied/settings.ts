import { environment } from "../program.ts";

/** With what the app is rendered, bundled and applied. */
export const stage = "applied";
export const pepper = Buffer.alloc(32, 7);
export const secrets = { KeyPepper: pepper.toString("base64") };
export const settings = { ...environment, OUTLET_MODELS: "outlet-demo" };
export const cell = "111122223333/us-east-1";
