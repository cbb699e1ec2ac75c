import { sweeperDeps } from "../../deps/sweeper.ts";
import { createSweeper } from "./handler.ts";

export const handler = createSweeper(sweeperDeps());
