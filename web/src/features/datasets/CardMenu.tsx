import { ActionIcon, Menu } from "@mantine/core";
import { useState } from "react";
import type { Noun } from "../../api/client";
import { DotsIcon, PencilIcon, TrashIcon } from "../../ui/icons";
import classes from "./DatasetCard.module.css";
import { RemoveDataset } from "./RemoveDataset";
import { RenameDataset } from "./RenameDataset";

/** What is done with a dataset as a whole: give it another name, or remove it. */
export function CardMenu({ dataset }: { dataset: Noun<"Dataset"> }) {
  const [dialog, setDialog] = useState<"rename" | "remove" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Menu width={170} position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" className={classes.menu} aria-label={`Actions for ${dataset.name}`}>
            <DotsIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<PencilIcon />} onClick={() => setDialog("rename")}>
            Rename …
          </Menu.Item>
          <Menu.Item color="danger" leftSection={<TrashIcon />} onClick={() => setDialog("remove")}>
            Remove …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RenameDataset dataset={dataset} opened={dialog === "rename"} onClose={close} />
      <RemoveDataset dataset={dataset} opened={dialog === "remove"} onClose={close} />
    </>
  );
}
