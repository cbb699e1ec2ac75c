/**
 * What deps.ts uses of the package `sst`, whose members `sst-env.d.ts` adds. The package itself is
 * installed only where it is deployed from: it brings the SST CLI.
 */
declare module "sst" {
  export interface Resource {}
  export const Resource: Resource;
}
