import { queryOptions } from "@tanstack/react-query";
import { send } from "./client";
import { asApiError } from "./errors";
import { keys } from "./query";

export interface Me {
  kind: "session" | "token" | "local";
  scope: string;
  dataset_id: string | null;
  name: string;
}

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return (await send("/api/me", { signal })).json();
    } catch (thrown) {
      if (asApiError(thrown).status === 401) return null;
      throw thrown;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});
