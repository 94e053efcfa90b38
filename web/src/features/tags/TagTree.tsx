import { Skeleton, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { activeStore, useActive } from "../../api/active";
import { savedAs, sizeOf, type Tag, tagsQuery } from "../../api/tags";
import { count } from "../../ui/format";
import { ErrorNotice } from "../../ui/Notice";
import { useCounter } from "../../ui/useCounter";
import { useDatasetId } from "../../ui/view";
import { useDraftName } from "./draft";
import { layoutTree, moveInTree } from "./layout";
import { mayRemove, mayRename } from "./may";
import { Rail } from "./Rail";
import { describe } from "./recipe";
import { type TagAction, TagDialogs, TagMenu } from "./TagActions";
import classes from "./TagTree.module.css";

const DRAFT = "draft";
const EVERYTHING = "all";

interface Node {
  id: string;
  parentId: string | null;
  name: string;
  n: number | null;
  tag: Tag | null;
}

/** The tags as a commit graph; the unsaved change hangs below its tag. Choosing one shows its samples. */
export function TagTree() {
  const datasetId = useDatasetId();
  const active = useActive(datasetId);
  const tags = useQuery(tagsQuery(datasetId));
  const everything = useCounter(datasetId, null, null, active.ready && active.tagId === null);
  const counter = useCounter(datasetId, active.tagId, active.selectionId, active.ready);
  const draft = active.selectionId === null ? null : (counter?.(active.keep) ?? null);
  const draftName = useDraftName(datasetId);
  const same = savedAs(tags.data, active.selectionId, active.keep);
  const shown = same ?? tags.data?.find((tag) => tag.id === active.tagId);
  const [action, setAction] = useState<TagAction | null>(null);
  const [opened, setOpened] = useState(false);

  const rows = useMemo(() => {
    const nodes: Node[] = (tags.data ?? []).map((tag) => ({
      id: tag.id,
      parentId: tag.parent_id,
      name: tag.name,
      n: sizeOf(tag),
      tag,
    }));
    if (active.ready && active.tagId === null) {
      const n = everything?.(0).total ?? null;
      nodes.unshift({ id: EVERYTHING, parentId: null, name: "All samples", n, tag: null });
    }
    if (draft?.changed && same === undefined) {
      nodes.push({ id: DRAFT, parentId: active.tagId, name: draftName, n: draft.active, tag: null });
    }
    return layoutTree(nodes, DRAFT);
  }, [tags.data, active.ready, active.tagId, everything, draft?.changed, draft?.active, draftName, same]);

  const chosen = rows.some((row) => row.tag.id === DRAFT) ? DRAFT : (shown?.id ?? active.tagId ?? EVERYTHING);
  const choose = (id: string) => {
    if (id !== DRAFT) activeStore(datasetId).selectTag(id === EVERYTHING ? null : id);
  };
  const act = (wanted: TagAction) => {
    setAction(wanted);
    setOpened(true);
  };
  return (
    <section aria-labelledby="tags-heading" className={classes.section}>
      <div className={classes.top}>
        <h3 id="tags-heading" className={classes.heading}>
          Tags
        </h3>
        {shown && mayRename(shown) ? <TagMenu tag={shown} tags={tags.data ?? []} onAction={act} /> : null}
      </div>
      {tags.error ? <ErrorNotice error={tags.error} onRetry={() => void tags.refetch()} /> : null}
      {tags.isPending ? <Skeleton height={14} mx={10} my={8} width="70%" /> : null}
      <Rows
        rows={rows}
        chosen={chosen}
        onChoose={choose}
        onRename={(tag) => mayRename(tag) && act({ kind: "rename", tag })}
        onRemove={(tag) => mayRemove(tag, tags.data ?? []) && act({ kind: "remove", tag })}
      />
      <TagDialogs action={action} opened={opened} onClose={() => setOpened(false)} />
    </section>
  );
}

interface RowsProps {
  rows: ReturnType<typeof layoutTree<Node>>;
  chosen: string;
  onChoose: (id: string) => void;
  onRename: (tag: Tag) => void;
  onRemove: (tag: Tag) => void;
}

/** The rows with one tab stop among them: arrows walk, Enter and Space choose, F2 renames, Delete removes. */
function Rows({ rows, chosen, onChoose, onRename, onRemove }: RowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [walked, setWalked] = useState<string | null>(null);
  const reachable = [walked, chosen].find((id) => rows.some((row) => row.tag.id === id));
  const stop = reachable ?? rows[0]?.tag.id; // the address may name a tag that is gone

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, []);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const index = rows.findIndex((row) => row.tag.id === stop);
    const here = rows[index]?.tag;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (here !== undefined) onChoose(here.id);
      return;
    }
    if (here?.tag && event.key === "F2") onRename(here.tag);
    if (here?.tag && event.key === "Delete") onRemove(here.tag);
    const next = moveInTree(
      event.key,
      index,
      rows.map(({ tag, ...row }) => ({ ...row, tag })),
    );
    const target = next === null ? undefined : rows[next];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setWalked(target.tag.id);
    list.current?.querySelector<HTMLElement>(`[data-tag="${target.tag.id}"]`)?.focus();
  };
  return (
    <div ref={list} role="tree" aria-labelledby="tags-heading" className={classes.tree} onKeyDown={onKeyDown}>
      {rows.map(({ tag: node, lane, from, above, below, level, place, siblings }) => {
        const isDraft = node.id === DRAFT;
        const row = (
          <div
            role="treeitem"
            className={classes.row}
            aria-level={level}
            aria-posinset={place}
            aria-setsize={siblings}
            aria-selected={node.id === chosen}
            data-tag={node.id}
            data-draft={isDraft || undefined}
            title={isDraft ? `${node.name} (unsaved)` : undefined}
            tabIndex={node.id === stop ? 0 : -1}
            onFocus={() => setWalked(node.id)}
            onBlur={() => setWalked(null)}
            onClick={() => onChoose(node.id)}
            onKeyDown={() => undefined}
          >
            <Rail lane={lane} from={from} above={above} below={below} draft={isDraft} />
            <span className={classes.label}>
              <span className={classes.name}>{node.name}</span>
              {isDraft ? <span className={classes.unsaved}>(unsaved)</span> : null}
            </span>
            <span className={classes.count}>{node.n === null ? "" : count(node.n)}</span>
          </div>
        );
        if (node.tag === null)
          return (
            <div key={node.id} role="none">
              {row}
            </div>
          );
        return (
          <Tooltip
            key={node.id}
            label={describe(node.tag)}
            position="right"
            openDelay={700}
            multiline
            maw={260}
          >
            {row}
          </Tooltip>
        );
      })}
    </div>
  );
}
