export * from "./clock.ts";
export * from "./log.ts";
export * from "./model.ts";
export * from "./object-store.ts";
export * from "./provisioner.ts";
export * from "./queue.ts";
export * from "./randomness.ts";
export * from "./table.ts";
