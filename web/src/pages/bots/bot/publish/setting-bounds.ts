import type { NumberSetting } from "~/page-parts/publication/settings.ts";

/** For the browser's own check, in the unit that is typed. */
export const boundsOf = ({ least, above, most, whole, unit = 1 }: NumberSetting) => ({
  min: (least ?? above ?? 0) / unit,
  max: most / unit,
  step: whole && unit === 1 ? 1 : ("any" as const),
});
