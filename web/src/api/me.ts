import { useQuery } from "@tanstack/solid-query";
import { names } from "./cache-names.ts";
import { api, read } from "./client.ts";

/** Who is signed in, and what that person may do. */
export const useMe = () =>
  useQuery(() => ({
    queryKey: names.me,
    queryFn: () => read(api.me.$get()),
    // A token says who somebody is for as long as it lives.
    staleTime: Number.POSITIVE_INFINITY,
  }));
