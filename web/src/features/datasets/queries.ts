import { queryOptions } from "@tanstack/react-query";
import { api, data } from "../../api/client";
import { keys } from "../../api/query";

export const datasetsQuery = queryOptions({
  queryKey: keys.datasets,
  queryFn: ({ signal }) => data(api.GET("/api/datasets", { params: { query: { limit: 1000 } }, signal })),
});
