import { ActionIcon, Menu } from "@mantine/core";
import { DotsIcon, PencilIcon, TrashIcon } from "../../ui/icons";
import classes from "./DatasetCard.module.css";

export type CardAction = "rename" | "remove";

interface Props {
  name: string;
  onAction: (action: CardAction) => void;
}

/** What is done with a dataset as a whole: give it another name, or remove it. */
export function CardMenu({ name, onAction }: Props) {
  return (
    <Menu width={170}>
      <Menu.Target>
        <ActionIcon className={classes.menu} aria-label={`Actions for ${name}`}>
          <DotsIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<PencilIcon />} onClick={() => onAction("rename")}>
          Rename …
        </Menu.Item>
        <Menu.Item color="danger" leftSection={<TrashIcon />} onClick={() => onAction("remove")}>
          Remove …
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
