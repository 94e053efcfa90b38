import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import classes from "../../ui/dialog.module.css";
import { ChevronIcon, FolderIcon } from "../../ui/icons";
import { ErrorNotice } from "../../ui/Notice";
import { foldersQuery } from "./queries";

interface Root {
  id: string;
  path: string;
}

/** A folder below an allowed root, as the steps that lead to it. */
export interface Place {
  root: Root;
  below: string[];
}

/** "/data/photos" + ["2026", "may"] -> "may". */
export function placeName({ root, below }: Place): string {
  return below.at(-1) ?? root.path.split(/[/\\]/).findLast(Boolean) ?? root.path;
}

/** Walk through the folders that may be read; the one that is open is the one that is chosen. */
export function FolderPicker(props: {
  roots: Root[];
  place: Place | null;
  onPlace: (place: Place | null) => void;
}) {
  const { roots, place, onPlace } = props;
  return (
    <div>
      <nav className={classes.place} aria-label="Chosen folder">
        {roots.length > 1 ? (
          <button type="button" className={classes.step} disabled={!place} onClick={() => onPlace(null)}>
            Folders
          </button>
        ) : null}
        {place ? (
          <>
            <Step
              name={place.root.path}
              last={!place.below.length}
              onClick={() => onPlace({ ...place, below: [] })}
            />
            {place.below.map((name, index) => (
              <Step
                key={place.below.slice(0, index + 1).join("/")}
                name={name}
                last={index === place.below.length - 1}
                onClick={() => onPlace({ ...place, below: place.below.slice(0, index + 1) })}
              />
            ))}
          </>
        ) : null}
      </nav>
      {place ? (
        <Folders place={place} onOpen={(name) => onPlace({ ...place, below: [...place.below, name] })} />
      ) : (
        <ul className={classes.folders} aria-label="Allowed folders">
          {roots.map((root) => (
            <Row key={root.id} name={root.path} onClick={() => onPlace({ root, below: [] })} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Folders({ place, onOpen }: { place: Place; onOpen: (name: string) => void }) {
  const folders = useQuery(foldersQuery(place.root.id, place.below.join("/")));
  if (folders.isPending) return <Skeleton height={240} radius="md" />;
  if (folders.error) return <ErrorNotice error={folders.error} onRetry={() => void folders.refetch()} />;
  return (
    <ul className={classes.folders} aria-label={`Folders in ${placeName(place)}`}>
      {folders.data.length === 0 ? <li className={classes.none}>No folders below this one.</li> : null}
      {folders.data.map((name) => (
        <Row key={name} name={name} onClick={() => onOpen(name)} />
      ))}
    </ul>
  );
}

function Row({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" className={classes.folder} onClick={onClick}>
        <FolderIcon />
        {name}
        <ChevronIcon size={14} />
      </button>
    </li>
  );
}

function Step({ name, last, onClick }: { name: string; last: boolean; onClick: () => void }) {
  return (
    <>
      <button type="button" className={classes.step} disabled={last} onClick={onClick}>
        {name}
      </button>
      {last ? null : <span aria-hidden="true">/</span>}
    </>
  );
}
