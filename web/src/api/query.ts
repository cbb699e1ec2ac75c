/** Without what is empty: the API takes no empty filters. */
export const given = <T extends object>(filters: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value !== ""),
  ) as Partial<T>;
