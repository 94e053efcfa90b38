import { ActionIcon, Tooltip } from "@mantine/core";
import { useEffect } from "react";
import { type ActiveStore, activeStore, type Lost, useActive } from "../../api/active";
import { count } from "../../ui/format";
import { UndoIcon } from "../../ui/icons";
import { useCounter } from "../../ui/useCounter";
import { useDatasetId } from "../../ui/view";
import classes from "./ActiveBar.module.css";
import { NameField } from "./NameField";
import { TagFiles } from "./TagFiles";

const LOST: Record<Lost, string> = {
  tag: "The tag that was shown here has been removed.",
  selection: "The ranking that was shown here has been removed.",
};

/** How many samples are active, undo of the unsaved change, and the field that freezes it as a tag. */
export function ActiveBar() {
  const datasetId = useDatasetId();
  const active = useActive(datasetId);
  const counts = useCounter(datasetId, active.tagId, active.selectionId, active.ready)?.(active.keep) ?? null;
  const store = activeStore(datasetId);
  useUndoKeys(store);
  const share = counts === null || counts.total === 0 ? 0 : counts.active / counts.total;
  return (
    <section aria-label="Active samples" className={classes.bar}>
      <div className={classes.top}>
        <p className={classes.counts} data-testid="active-count">
          <b>{counts === null ? "…" : count(counts.active)}</b>
          {counts === null ? null : ` of ${count(counts.total)} active`}
        </p>
        <Tooltip label="Undo the last change">
          <ActionIcon size="sm" aria-label="Undo" disabled={!active.canUndo} onClick={() => store.undo()}>
            <UndoIcon size={15} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Redo">
          <ActionIcon size="sm" aria-label="Redo" disabled={!active.canRedo} onClick={() => store.redo()}>
            <span className={classes.flipped}>
              <UndoIcon size={15} />
            </span>
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.track} aria-hidden="true">
        <div className={classes.fill} style={{ transform: `scaleX(${share})` }} />
      </div>
      {active.lost === null ? null : (
        <p className={classes.lost} role="alert">
          {LOST[active.lost]}
        </p>
      )}
      <NameField datasetId={datasetId} counts={counts} />
      {active.tagId !== null && active.selectionId === null ? (
        <TagFiles datasetId={datasetId} tagId={active.tagId} />
      ) : null}
    </section>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z (or with Command), but for text that is being typed. */
function useUndoKeys(store: ActiveStore): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type === "text";
      if (typing || event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (event.shiftKey) store.redo();
      else store.undo();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [store]);
}
