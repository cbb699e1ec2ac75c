/**
 * Loaded before all else (`node --import`): takes the condition named by OUTLET_FAULTS_MUTANT out of
 * the source as it is loaded, and touches no file.
 */
import { registerHooks } from "node:module";
import { mutants, mutate } from "./mutants.ts";

const mutant = mutants.find(({ name }) => name === process.env.OUTLET_FAULTS_MUTANT);
if (!mutant) throw new Error("OUTLET_FAULTS_MUTANT names no mutant.");
const target = new URL(`../../../core/src/${mutant.file}`, import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== target) return loaded;
    return { ...loaded, source: mutate(mutant, String(loaded.source)) };
  },
});
