import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Noun } from "../../api/client";
import { count } from "../../ui/format";
import { FolderIcon, PlusIcon } from "../../ui/icons";
import { Logo } from "../../ui/Logo";
import { EmptyState, ErrorNotice } from "../../ui/Notice";
import { Page } from "../../ui/Shell";
import { AddFolder } from "./AddFolder";
import type { CardAction } from "./CardMenu";
import { CreateDataset } from "./CreateDataset";
import { DatasetCard } from "./DatasetCard";
import classes from "./DatasetsPage.module.css";
import { datasetsQuery } from "./queries";
import { RemoveDataset } from "./RemoveDataset";
import { RenameDataset } from "./RenameDataset";

/** Every dataset as a card, the last changed first. */
export function DatasetsPage() {
  const datasets = useQuery(datasetsQuery);
  const [dialog, setDialog] = useState<"create" | "folder" | CardAction | null>(null);
  const [chosen, setChosen] = useState<Noun<"Dataset"> | null>(null);
  const close = () => setDialog(null);
  const act = (dataset: Noun<"Dataset">, action: CardAction) => {
    setChosen(dataset);
    setDialog(action);
  };
  const actions = (
    <div className={classes.actions}>
      <Button leftSection={<FolderIcon />} onClick={() => setDialog("folder")}>
        Add a folder on this machine
      </Button>
      <Button variant="filled" leftSection={<PlusIcon />} onClick={() => setDialog("create")}>
        Create a new dataset
      </Button>
    </div>
  );
  const number = datasets.data?.length ?? 0;
  return (
    <Page title="My Datasets" aside={number ? actions : undefined}>
      {datasets.isPending ? <Waiting /> : null}
      {datasets.error ? <ErrorNotice error={datasets.error} onRetry={() => void datasets.refetch()} /> : null}
      {datasets.data && number === 0 ? (
        <EmptyState icon={<Logo size={64} />} title="Begin with a pile of images" action={actions}>
          <ol className={classes.steps}>
            <li>
              <b>Bring images in.</b> Create a dataset and drop them onto it, send them with the pip package,
              or add a folder where it lies.
            </li>
            <li>
              <b>Look.</b> Every image becomes a point in a plot; what looks alike lies close together.
            </li>
            <li>
              <b>Keep the ones worth labeling.</b> Rank them, move a slider, freeze the choice as a tag.
            </li>
          </ol>
        </EmptyState>
      ) : null}
      {number ? (
        <ul className={classes.cards} aria-label={`${count(number)} datasets`}>
          {datasets.data?.map((dataset) => (
            <DatasetCard key={dataset.id} dataset={dataset} onAction={(action) => act(dataset, action)} />
          ))}
        </ul>
      ) : null}
      <CreateDataset opened={dialog === "create"} onClose={close} />
      <AddFolder opened={dialog === "folder"} onClose={close} />
      <RenameDataset dataset={chosen} opened={dialog === "rename"} onClose={close} />
      <RemoveDataset dataset={chosen} opened={dialog === "remove"} onClose={close} />
    </Page>
  );
}

function Waiting() {
  return (
    <div className={classes.cards} role="status" aria-label="Loading the datasets">
      {[1, 2, 3].map((each) => (
        <Skeleton key={each} height={246} radius="lg" />
      ))}
    </div>
  );
}
