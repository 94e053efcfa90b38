import { ActionIcon } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { imageUrl, sampleQuery, thumbnailsOf } from "../api/samples";
import { CopyButton } from "./CopyButton";
import { count } from "./format";
import type { Sequence } from "./grid/sequence";
import { ChevronIcon, CloseIcon } from "./icons";
import { ErrorNotice } from "./Notice";
import classes from "./SampleDetail.module.css";
import { SampleFacts } from "./SampleFacts";

interface SampleDetailProps {
  datasetId: string;
  position: number;
  /** What previous and next step through. */
  sequence: Sequence;
  /** Beside the facts, such as rank and importance. */
  extra?: readonly (readonly [label: string, value: string])[];
  onMove: (position: number) => void;
  onClose: () => void;
}

/** One image, large, with all that is known of it. Arrow keys go on, Escape closes. */
export function SampleDetail({
  datasetId,
  position,
  sequence,
  extra = [],
  onMove,
  onClose,
}: SampleDetailProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const sample = useQuery(sampleQuery(datasetId, position));
  const queries = useQueryClient();
  const index = sequence.indexOf(position);
  const previous = index > 0 ? sequence.at(index - 1) : -1;
  const next = index >= 0 && index + 1 < sequence.length ? sequence.at(index + 1) : -1;

  useEffect(() => {
    if (dialog.current?.open) return;
    dialog.current?.showModal();
    dialog.current?.focus(); // and not its first button: the arrow keys work at once
  }, []);
  useEffect(() => {
    for (const near of [next, previous]) {
      if (near >= 0) void queries.prefetchQuery(sampleQuery(datasetId, near));
    }
  }, [queries, datasetId, next, previous]);

  const step = (to: number) => {
    if (to >= 0) onMove(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowUp") step(previous);
    else if (event.key === "ArrowRight" || event.key === "ArrowDown") step(next);
    else return;
    event.preventDefault();
  };
  const name = sample.data?.file_name ?? "";
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={classes.dialog}
      aria-label={name === "" ? "Image" : name}
      onKeyDown={onKeyDown}
      onClose={onClose}
      // The second click of two that were meant for what opened this does not close it.
      onClick={(event) => event.target === dialog.current && event.detail < 2 && onClose()}
    >
      <div className={classes.stage}>
        <Picture
          key={position}
          datasetId={datasetId}
          position={position}
          name={name}
          full={sample.data?.state === "full"}
        />
        <div className={classes.turns}>
          <ActionIcon
            size="lg"
            variant="default"
            aria-label="Previous image"
            disabled={previous < 0}
            onClick={() => step(previous)}
          >
            <span className={classes.flipped}>
              <ChevronIcon />
            </span>
          </ActionIcon>
          <span className={classes.place}>
            {index < 0 ? "Not among the images shown" : `${count(index + 1)} of ${count(sequence.length)}`}
          </span>
          <ActionIcon
            size="lg"
            variant="default"
            aria-label="Next image"
            disabled={next < 0}
            onClick={() => step(next)}
          >
            <ChevronIcon />
          </ActionIcon>
        </div>
      </div>
      <div className={classes.side}>
        <div className={classes.head}>
          <h2 className={classes.name}>{name}</h2>
          {name === "" ? null : <CopyButton text={name} label="Copy the file name" />}
          <ActionIcon aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </ActionIcon>
        </div>
        {sample.error ? <ErrorNotice error={sample.error} onRetry={() => void sample.refetch()} /> : null}
        {sample.data ? <SampleFacts sample={sample.data} extra={extra} /> : null}
      </div>
    </dialog>
  );
}

interface PictureProps {
  datasetId: string;
  position: number;
  name: string;
  full: boolean;
}

/** The image itself, above its thumbnail while it loads; the large thumbnail where browsers cannot draw it. */
function Picture({ datasetId, position, name, full }: PictureProps) {
  const [state, setState] = useState<"loading" | "shown" | "undrawable" | "gone">("loading");
  const small = thumbnailsOf(datasetId).url(position);
  const part = full && state !== "undrawable" ? "image" : "thumbnail";
  return (
    <div className={classes.picture}>
      {small !== undefined && state !== "shown" ? <img src={small} alt="" className={classes.small} /> : null}
      {state === "gone" ? (
        <p className={classes.gone}>This image cannot be shown.</p>
      ) : (
        <img
          src={imageUrl(datasetId, position, part)}
          alt={name}
          className={classes.large}
          data-shown={state === "shown" || undefined}
          onLoad={() => setState("shown")}
          onError={() => setState(part === "image" ? "undrawable" : "gone")}
        />
      )}
    </div>
  );
}
