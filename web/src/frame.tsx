import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useParams } from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import { datasetQuery } from "./api/datasets";
import { asApiError } from "./api/errors";
import { JobsChip } from "./features/jobs/JobsChip";
import { UploadChip } from "./features/overview/UploadChip";
import { AccountMenu } from "./features/preferences/AccountMenu";
import { ActiveBar } from "./features/tags/ActiveBar";
import { TagTree } from "./features/tags/TagTree";
import classes from "./frame.module.css";
import { useActiveInUrl } from "./ui/activeUrl";
import { CopyButton } from "./ui/CopyButton";
import { BrowseIcon, JobsIcon, OverviewIcon, SamplingIcon } from "./ui/icons";
import { Logo } from "./ui/Logo";
import { ErrorNotice } from "./ui/Notice";
import { LeftColumn, Shell } from "./ui/Shell";
import { ThemeSwitch } from "./ui/ThemeSwitch";
import { useLeaveTheGone } from "./ui/useLeaveTheGone";

const PAGES = [
  { to: "/datasets/$datasetId/overview", label: "Overview", Icon: OverviewIcon },
  { to: "/datasets/$datasetId/browse", label: "Browse", Icon: BrowseIcon },
  { to: "/datasets/$datasetId/sampling", label: "Sampling", Icon: SamplingIcon },
  { to: "/datasets/$datasetId/jobs", label: "Jobs", Icon: JobsIcon },
] as const satisfies { to: string; label: string; Icon: ComponentType }[];

/** Header and main, for the pages that belong to no dataset. */
export function PlainFrame() {
  return <Frame crumbs={<Here />} />;
}

/** Header, left column and main of a dataset's pages. */
export function DatasetFrame() {
  const { datasetId } = useParams({ from: "/datasets/$datasetId" });
  const dataset = useQuery(datasetQuery(datasetId));
  useActiveInUrl();
  useLeaveTheGone(datasetId);
  const left = (
    <LeftColumn
      nav={<Pages datasetId={datasetId} />}
      middle={dataset.data ? <TagTree key={datasetId} /> : null}
      bottom={dataset.data ? <ActiveBar key={datasetId} /> : null}
    />
  );
  return (
    <Frame left={left} crumbs={<DatasetCrumb datasetId={datasetId} name={dataset.data?.name} />}>
      {dataset.error ? (
        <div className={classes.lost}>
          <h1>This dataset does not open</h1>
          <ErrorNotice
            error={dataset.error}
            onRetry={isGone(dataset.error) ? undefined : () => void dataset.refetch()}
          />
          <Link to="/">All datasets</Link>
        </div>
      ) : undefined}
    </Frame>
  );
}

function isGone(error: unknown): boolean {
  return asApiError(error).status === 404;
}

function Frame({ crumbs, left, children }: { crumbs: ReactNode; left?: ReactNode; children?: ReactNode }) {
  const { pathname } = useLocation();
  const start = (
    <>
      <Link to="/" className={classes.brand} aria-label="Tamis: my datasets">
        <Logo />
        <span className={classes.word}>Tamis</span>
      </Link>
      {crumbs}
    </>
  );
  const end = (
    <>
      <UploadChip />
      <JobsChip />
      <ThemeSwitch />
      <AccountMenu />
    </>
  );
  return (
    <Shell start={start} end={end} left={left} page={pathname}>
      {children ?? <Outlet />}
    </Shell>
  );
}

function Here() {
  const { pathname } = useLocation();
  const name = pathname.startsWith("/preferences")
    ? "Preferences"
    : pathname.startsWith("/jobs")
      ? "Jobs"
      : null;
  return (
    <nav aria-label="Breadcrumb" className={classes.crumbs}>
      <Link to="/" className={classes.crumb} activeOptions={{ exact: true }}>
        My Datasets
      </Link>
      {name ? <Step name={name} /> : null}
    </nav>
  );
}

function DatasetCrumb({ datasetId, name }: { datasetId: string; name: string | undefined }) {
  return (
    <>
      <nav aria-label="Breadcrumb" className={classes.crumbs}>
        <Link to="/" className={classes.crumb}>
          My Datasets
        </Link>
        {name ? <Step name={name} /> : null}
      </nav>
      <span className={classes.id}>
        <code>{datasetId}</code>
        <CopyButton text={datasetId} label="Copy the dataset id" />
      </span>
    </>
  );
}

function Step({ name }: { name: string }) {
  return (
    <>
      <span aria-hidden="true" className={classes.slash}>
        /
      </span>
      <span className={classes.here} aria-current="page">
        {name}
      </span>
    </>
  );
}

function Pages({ datasetId }: { datasetId: string }) {
  return (
    <nav aria-label="Dataset" className={classes.pages}>
      {PAGES.map(({ to, label, Icon }) => (
        <Link
          key={to}
          to={to}
          params={{ datasetId }}
          search={(before) => ({ ...before, sample: undefined })}
          className={classes.page}
          activeProps={{ className: classes.on, "aria-current": "page" }}
          activeOptions={{ includeSearch: false }}
        >
          <Icon />
          {label}
        </Link>
      ))}
    </nav>
  );
}
