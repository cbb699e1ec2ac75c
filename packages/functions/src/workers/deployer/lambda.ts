import { createDeployer } from "./handler.ts";
import { deployerDeps } from "../../deps/deployer.ts";
import { probe } from "./probe.ts";

export const handler = createDeployer({ ...deployerDeps(), probe });
