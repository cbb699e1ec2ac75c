import { sweeperDeps } from "../../deps.ts";
import { createSweeper } from "./handler.ts";

export const handler = createSweeper(sweeperDeps());
