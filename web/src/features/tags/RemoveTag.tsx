import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { activeStore } from "../../api/active";
import { removeTag, sizeOf, type Tag, tagsQuery } from "../../api/tags";
import classes from "../../ui/dialog.module.css";
import { counted } from "../../ui/format";
import { ErrorNotice } from "../../ui/Notice";

interface Props {
  tag: Tag | null;
  opened: boolean;
  onClose: () => void;
}

/** A tag is only a choice of images: it says so, and what stays. */
export function RemoveTag({ tag, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Remove the tag" size={480}>
      {tag ? <Question tag={tag} onClose={onClose} /> : null}
    </Modal>
  );
}

function Question({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeTag(tag),
    onSuccess: () => {
      onClose();
      const store = activeStore(tag.dataset_id);
      if (store.get().tagId === tag.id) store.selectTag(tag.parent_id);
      client.setQueryData(tagsQuery(tag.dataset_id).queryKey, (known) =>
        known?.filter(({ id }) => id !== tag.id),
      );
    },
  });
  return (
    <div className={classes.body}>
      <p>
        The name <b>{tag.name}</b> for {counted(sizeOf(tag), "image")} is removed, with the rankings within
        it.{" "}
        {tag.selection_id === null
          ? "The images stay."
          : "The images stay, and so does the ranking that it was saved from."}
      </p>
      {remove.error ? <ErrorNotice error={remove.error} /> : null}
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          color="danger"
          data-autofocus
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
    </div>
  );
}
