import { ActionIcon, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { renameTag, type Tag, tagsQuery } from "../../api/tags";
import { DotsIcon, PencilIcon, TrashIcon } from "../../ui/icons";
import { RenameDialog } from "../../ui/RenameDialog";
import { mayRemove, mayRename } from "./may";
import { RemoveTag } from "./RemoveTag";

export interface TagAction {
  kind: "rename" | "remove";
  tag: Tag;
}

interface MenuProps {
  tag: Tag;
  tags: readonly Tag[];
  onAction: (action: TagAction) => void;
}

/** What is done with the tag that is shown: give it another name, or remove it. */
export function TagMenu({ tag, tags, onAction }: MenuProps) {
  return (
    <Menu width={190} position="bottom-end">
      <Menu.Target>
        <ActionIcon size="sm" aria-label={`Actions for ${tag.name}`}>
          <DotsIcon size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<PencilIcon />}
          rightSection={<kbd>F2</kbd>}
          disabled={!mayRename(tag)}
          onClick={() => onAction({ kind: "rename", tag })}
        >
          Rename …
        </Menu.Item>
        <Menu.Item
          color="danger"
          leftSection={<TrashIcon />}
          rightSection={<kbd>Del</kbd>}
          disabled={!mayRemove(tag, tags)}
          onClick={() => onAction({ kind: "remove", tag })}
        >
          Remove …
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface DialogsProps {
  /** Stays while its dialog fades away. */
  action: TagAction | null;
  opened: boolean;
  onClose: () => void;
}

export function TagDialogs({ action, opened, onClose }: DialogsProps) {
  const client = useQueryClient();
  const tag = action?.tag ?? null;
  const rename = async (name: string) => {
    if (tag === null) return;
    const renamed = await renameTag(tag, name);
    client.setQueryData(tagsQuery(tag.dataset_id).queryKey, (known) =>
      known?.map((each) => (each.id === renamed.id ? renamed : each)),
    );
  };
  return (
    <>
      <RenameDialog
        title="Rename the tag"
        name={tag?.name ?? null}
        opened={opened && action?.kind === "rename"}
        onClose={onClose}
        rename={rename}
      />
      <RemoveTag tag={tag} opened={opened && action?.kind === "remove"} onClose={onClose} />
    </>
  );
}
