import { queryOptions } from "@tanstack/react-query";
import { api, data, type Noun } from "./client";
import { keys } from "./query";

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) =>
    (await data(api.GET("/api/tokens", { params: { query: { limit: 1000 } }, signal }))).items,
});

/** Make a token. The answer holds its secret, which the server will never tell again. */
export function createToken(body: Noun<"TokenCreate">): Promise<Noun<"TokenCreated">> {
  return data(api.POST("/api/tokens", { body }));
}
