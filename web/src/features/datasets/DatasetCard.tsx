import { Link } from "@tanstack/react-router";
import { type Noun, url } from "../../api/client";
import { ago, count, size } from "../../ui/format";
import { FolderIcon } from "../../ui/icons";
import { type CardAction, CardMenu } from "./CardMenu";
import { coverPositions } from "./cover";
import classes from "./DatasetCard.module.css";

type Dataset = Noun<"Dataset">;

interface Props {
  dataset: Dataset;
  onAction: (action: CardAction) => void;
}

/** A dataset at a glance: what is in it, how much, and when it changed last. */
export function DatasetCard({ dataset, onAction }: Props) {
  const number = dataset.n_samples - dataset.n_deleted;
  return (
    <li className={classes.card}>
      <Mosaic dataset={dataset} />
      <div className={classes.words}>
        <div className={classes.head}>
          <Link
            to="/datasets/$datasetId/overview"
            params={{ datasetId: dataset.id }}
            className={classes.name}
          >
            {dataset.name}
          </Link>
          <CardMenu name={dataset.name} onAction={onAction} />
        </div>
        <div className={classes.line}>
          <span className={classes.number}>{count(number)}</span>
          <span>{number === 1 ? "image" : "images"}</span>
          {number ? <span>{size(dataset.total_bytes)}</span> : null}
          {dataset.root_id ? (
            <span className={classes.place} title="Read in place from a folder of the server">
              <FolderIcon size={14} />
            </span>
          ) : null}
        </div>
        <p className={classes.changed}>Changed {ago(dataset.changed_at)}</p>
      </div>
    </li>
  );
}

function Mosaic({ dataset }: { dataset: Dataset }) {
  const positions = coverPositions(dataset.n_samples);
  return (
    <div className={classes.mosaic} data-tiles={positions.length} aria-hidden="true">
      {positions.map((position) => (
        <img
          key={position}
          src={url(`/api/datasets/${dataset.id}/samples/${position}/thumbnail`)}
          alt=""
          loading="lazy"
          decoding="async"
          // A deleted sample has no picture: its tile stays plain.
          onError={(event) => {
            event.currentTarget.hidden = true;
          }}
        />
      ))}
      {positions.length === 0 ? <span className={classes.none}>No images yet</span> : null}
    </div>
  );
}
