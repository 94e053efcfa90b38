import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, data, type Noun } from "./client";
import { asApiError, rememberStart } from "./errors";
import { keys } from "./query";

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }): Promise<Noun<"Me"> | null> => {
    try {
      const me = await data(api.GET("/api/me", { signal }));
      rememberStart(me.options ?? "");
      return me;
    } catch (thrown) {
      if (asApiError(thrown).status === 401) return null;
      throw thrown;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** End the session of this browser, and forget what it has seen. */
export async function signOut(client: QueryClient): Promise<void> {
  await api.POST("/api/me/logout");
  client.clear();
  client.setQueryData(keys.me, null);
}
