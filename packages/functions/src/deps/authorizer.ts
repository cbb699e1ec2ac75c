import { base, peppers } from "./linked.ts";

export const authorizerDeps = () => ({ ...base(), ...peppers() });
