/** What one chunk is made of: how a bot is described, for people's tools and for models. */
export { describeApi } from "./document.ts";
export { describeForModels } from "./llms-txt.ts";
