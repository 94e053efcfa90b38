import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Noun } from "../../api/client";
import { datasetQuery } from "../../api/datasets";
import { Card, Figure, Figures } from "../../ui/Card";
import { count, size } from "../../ui/format";
import { ErrorNotice } from "../../ui/Notice";
import { Page } from "../../ui/Shell";
import { useDatasetId } from "../../ui/view";
import { FolderCard } from "./FolderCard";
import classes from "./OverviewPage.module.css";
import { PipCard } from "./PipCard";
import { Preparing } from "./Preparing";
import { Problems } from "./Problems";
import { summaryQuery } from "./queries";
import { useUploading } from "./upload/store";
import { UploadCard } from "./upload/UploadCard";

/** What is in the dataset, and every way to bring more into it. */
export function OverviewPage() {
  const datasetId = useDatasetId();
  const dataset = useQuery(datasetQuery(datasetId));
  const summary = useQuery(summaryQuery(datasetId));
  const uploading = useUploading(datasetId); // it lists its own refusals
  if (!dataset.data) return null; // the frame shows why
  const inPlace = dataset.data.root_id !== null;
  return (
    <Page title={dataset.data.name}>
      <div className={classes.page}>
        {summary.isPending ? <Skeleton height={78} radius="md" /> : null}
        {summary.error ? <ErrorNotice error={summary.error} onRetry={() => void summary.refetch()} /> : null}
        {summary.data ? <Numbers summary={summary.data} /> : null}
        <Preparing dataset={dataset.data} />
        <div className={classes.ways}>
          <div className={classes.main}>
            {inPlace ? <FolderCard dataset={dataset.data} /> : <UploadCard datasetId={datasetId} />}
            {dataset.data.n_problems > 0 && !uploading ? (
              <Problems datasetId={datasetId} number={dataset.data.n_problems} />
            ) : null}
          </div>
          <div className={classes.side}>
            <PipCard dataset={dataset.data} />
            {summary.data?.formats.length ? <Formats formats={summary.data.formats} /> : null}
          </div>
        </div>
      </div>
    </Page>
  );
}

function Numbers({ summary }: { summary: Noun<"DatasetSummary"> }) {
  const { widths, heights } = summary;
  const number = summary.n_samples - summary.n_deleted;
  return (
    <Figures>
      <Figure
        label="Number of images"
        value={<span data-testid="n-images">{count(number)}</span>}
        note={summary.n_deleted ? `${count(summary.n_deleted)} deleted` : undefined}
      />
      <Figure label="Total size" value={<span data-testid="total-size">{size(summary.total_bytes)}</span>} />
      <Figure
        label="Typical size"
        value={widths && heights ? `${count(widths.median)} × ${count(heights.median)}` : "–"}
        note={widths && heights ? range(widths, heights) : undefined}
      />
      <Figure label={summary.formats.length === 1 ? "Format" : "Formats"} value={formatNames(summary)} />
    </Figures>
  );
}

function range(widths: Noun<"Spread">, heights: Noun<"Spread">): string {
  const same = widths.smallest === widths.largest && heights.smallest === heights.largest;
  if (same) return "all of one size";
  return `${widths.smallest} × ${heights.smallest} to ${widths.largest} × ${heights.largest} px`;
}

function formatNames({ formats }: Noun<"DatasetSummary">): string {
  if (formats.length === 0) return "–";
  const names = formats.map(({ format }) => format.toUpperCase());
  return names.length > 2 ? `${names[0]} + ${names.length - 1}` : names.join(", ");
}

function Formats({ formats }: { formats: Noun<"FormatCount">[] }) {
  const total = formats.reduce((sum, { n }) => sum + n, 0);
  if (formats.length < 2) return null;
  return (
    <Card title="Formats">
      <ul className={classes.formats}>
        {formats.map(({ format, n }) => (
          <li key={format}>
            <span>{format.toUpperCase()}</span>
            <meter min={0} max={total} value={n} aria-label={`${format}: ${count(n)} of ${count(total)}`} />
            <span className={classes.number}>{count(n)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
