import { createDeadLetters } from "./handler.ts";
import { deadLettersDeps } from "../../deps.ts";

export const handler = createDeadLetters(deadLettersDeps());
