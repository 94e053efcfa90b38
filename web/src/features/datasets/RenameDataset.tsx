import { useQueryClient } from "@tanstack/react-query";
import type { Noun } from "../../api/client";
import { keys } from "../../api/query";
import { RenameDialog } from "../../ui/RenameDialog";
import { renameDataset } from "./queries";

interface Props {
  dataset: Noun<"Dataset"> | null;
  opened: boolean;
  onClose: () => void;
}

/** Another name; the id, the tags and what they are called by stay. */
export function RenameDataset({ dataset, opened, onClose }: Props) {
  const client = useQueryClient();
  const rename = async (name: string) => {
    if (dataset === null) return;
    await renameDataset(dataset.id, name);
    await client.invalidateQueries({ queryKey: keys.datasets });
  };
  return (
    <RenameDialog
      title="Rename the dataset"
      name={dataset?.name ?? null}
      opened={opened}
      onClose={onClose}
      rename={rename}
    />
  );
}
