import { QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  RouterProvider,
  redirect,
} from "@tanstack/react-router";
import { useEffect } from "react";
import { onSignedOut } from "./api/client";
import { connectEvents } from "./api/events";
import { keys, newQueryClient } from "./api/query";
import { meQuery } from "./api/session";
import { formatSearch, parseSearch, parseView } from "./api/view";
import { SignInPage } from "./features/signin/SignInPage";
import { DatasetFrame, PlainFrame } from "./frame";
import { ErrorNotice } from "./ui/Notice";
import { OutageBar } from "./ui/OutageBar";
import { LostPage, Splash } from "./ui/Splash";
import { ThemeProvider } from "./ui/ThemeProvider";

const root = createRootRoute({ component: Root, notFoundComponent: () => <LostPage /> });

const plain = createRoute({ getParentRoute: () => root, id: "plain", component: PlainFrame });
const datasets = createRoute({
  getParentRoute: () => plain,
  path: "/",
  component: lazyRouteComponent(() => import("./features/datasets/DatasetsPage"), "DatasetsPage"),
});
const preferences = createRoute({
  getParentRoute: () => plain,
  path: "/preferences",
  component: lazyRouteComponent(() => import("./features/preferences/PreferencesPage"), "PreferencesPage"),
});
const jobs = createRoute({
  getParentRoute: () => plain,
  path: "/jobs",
  component: lazyRouteComponent(() => import("./features/jobs/JobsPage"), "JobsPage"),
});

const dataset = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId",
  validateSearch: parseView,
  component: DatasetFrame,
});
const index = createRoute({
  getParentRoute: () => dataset,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/datasets/$datasetId/overview", params, replace: true });
  },
});
const overview = createRoute({
  getParentRoute: () => dataset,
  path: "/overview",
  component: lazyRouteComponent(() => import("./features/overview/OverviewPage"), "OverviewPage"),
});
const browse = createRoute({
  getParentRoute: () => dataset,
  path: "/browse",
  component: lazyRouteComponent(() => import("./features/browse/BrowsePage"), "BrowsePage"),
});
const sampling = createRoute({
  getParentRoute: () => dataset,
  path: "/sampling",
  component: lazyRouteComponent(() => import("./features/sampling/SamplingPage"), "SamplingPage"),
});
const datasetJobs = createRoute({
  getParentRoute: () => dataset,
  path: "/jobs",
  component: lazyRouteComponent(() => import("./features/jobs/JobsPage"), "JobsPage"),
});

const router = createRouter({
  routeTree: root.addChildren([
    plain.addChildren([datasets, preferences, jobs]),
    dataset.addChildren([index, overview, browse, sampling, datasetJobs]),
  ]),
  basepath: new URL(".", document.baseURI).pathname,
  parseSearch,
  stringifySearch: formatSearch,
  defaultPreload: "intent",
  defaultPendingComponent: Splash,
  defaultErrorComponent: ({ error, reset }) => <ErrorNotice error={error} onRetry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const client = newQueryClient();
onSignedOut(() => client.setQueryData(keys.me, null));

export function App() {
  return (
    <ThemeProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ThemeProvider>
  );
}

/** Show the app to who is signed in, and the way in to everyone else. */
function Root() {
  const me = useQuery(meQuery);
  const queryClient = useQueryClient();
  const signedIn = Boolean(me.data);
  useEffect(() => (signedIn ? connectEvents(queryClient) : undefined), [signedIn, queryClient]);

  if (me.isPending) return <Splash />;
  if (me.isError && me.data === undefined)
    return <LostPage error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) return <SignInPage />;
  return (
    <>
      <Outlet />
      <OutageBar />
    </>
  );
}
