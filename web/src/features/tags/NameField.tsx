import { ActionIcon, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { type ActiveCounts, activeStore, type Choice, useActive } from "../../api/active";
import { asApiError } from "../../api/errors";
import { createTag, savedAs, type Tag, tagsQuery } from "../../api/tags";
import { counted } from "../../ui/format";
import { CheckIcon, EnterIcon } from "../../ui/icons";
import classes from "./ActiveBar.module.css";
import { useDraftName } from "./draft";

const SHOWN_MS = 6000;

/** Type a name, press Enter, and the active samples are a tag. Without a change it says why it is disabled. */
export function NameField({ datasetId, counts }: { datasetId: string; counts: ActiveCounts | null }) {
  const active = useActive(datasetId);
  const store = activeStore(datasetId);
  const queries = useQueryClient();
  const name = useDraftName(datasetId);
  const [saved, setSaved] = useState<Tag | null>(null);
  const same = savedAs(useQuery(tagsQuery(datasetId)).data, active.selectionId, active.keep);
  const save = useMutation({
    mutationFn: ({ selectionId, keep }: { selectionId: string; keep: number }) =>
      createTag(datasetId, name.trim(), selectionId, keep),
    onSuccess: (tag) => {
      queries.setQueryData(tagsQuery(datasetId).queryKey, (tags: Tag[] | undefined) =>
        tags?.some((known) => known.id === tag.id) ? tags : [...(tags ?? []), tag],
      );
      store.selectTag(tag.id);
      setSaved(tag);
    },
  });

  useEffect(() => {
    if (saved === null) return undefined;
    const timer = setTimeout(() => setSaved(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [saved]);

  const reason = active.ready ? reasonAgainst(active, counts, same) : "Loading…";
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (reason !== null || active.selectionId === null || name.trim() === "" || save.isPending) return;
    save.mutate({ selectionId: active.selectionId, keep: active.keep });
  };
  const onChange = (text: string) => {
    save.reset();
    store.setDraftName(text);
  };
  return (
    <form onSubmit={onSubmit} className={classes.form}>
      <TextInput
        aria-label="Name of the new tag"
        placeholder="Name of the new tag"
        value={reason === null ? name : ""}
        disabled={reason !== null}
        error={save.error ? asApiError(save.error).message : null}
        onChange={(event) => onChange(event.currentTarget.value)}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        aria-describedby="name-field-note"
        rightSection={
          <ActionIcon
            type="submit"
            size="sm"
            aria-label="Save as tag"
            loading={save.isPending}
            disabled={reason !== null || name.trim() === ""}
          >
            <EnterIcon size={15} />
          </ActionIcon>
        }
      />
      <p id="name-field-note" className={classes.note} role="status">
        {saved ? (
          <span className={classes.saved}>
            <CheckIcon size={14} /> Saved “{saved.name}”: {counted(saved.n_members, "image")}
          </span>
        ) : (
          (reason ?? "Enter saves the active samples as a tag.")
        )}
      </p>
    </form>
  );
}

/** Why there is nothing to save, or null. */
function reasonAgainst(
  { tagId, selectionId }: Choice,
  counts: ActiveCounts | null,
  same: Tag | undefined,
): string | null {
  if (counts?.total === 0) return "There are no images yet.";
  if (tagId === null && selectionId === null) return "Choose a tag, sample it, then name the result.";
  if (selectionId === null) return "Nothing has changed yet: sample this tag, then name the result.";
  if (same !== undefined) return `This is “${same.name}” in its ranking. Move the slider to save another.`;
  if (counts === null) return "Counting…";
  if (counts.active === 0) return "No sample is active: keep at least one.";
  if (!counts.changed) return "All samples of the tag are active: keep fewer.";
  return null;
}
