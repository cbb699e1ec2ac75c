import { sweeperDeps } from "../deps.ts";
import { createSweeper } from "../sweeper.ts";

export const handler = createSweeper(sweeperDeps());
