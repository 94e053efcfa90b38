import { Button } from "@mantine/core";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { UploadIcon } from "../../../ui/icons";
import { fromDrop, fromInput, type Pick } from "./files";
import classes from "./UploadCard.module.css";

/** Takes files and folders: dropped on it, or chosen in the browser's dialog. */
export function DropField({ onPick, small }: { onPick: (pick: Pick) => void; small: boolean }) {
  const [over, setOver] = useState(false);
  const [reading, setReading] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useNoStrayDrop();

  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setReading(true);
    try {
      onPick(await fromDrop(event.dataTransfer));
    } finally {
      setReading(false);
    }
  };
  const chosen = (input: HTMLInputElement) => {
    if (input.files?.length) onPick(fromInput(input.files));
    input.value = ""; // so that the same files can be chosen again
  };
  return (
    <section
      className={classes.field}
      aria-label="Drop images or folders here"
      data-over={over || undefined}
      data-small={small || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => void drop(event)}
    >
      <span className={classes.mark}>
        <UploadIcon size={small ? 20 : 30} />
      </span>
      <p className={classes.lead}>
        {reading ? "Looking through the folders" : over ? "Let go" : "Drop images or folders here"}
      </p>
      <div className={classes.choose}>
        <Button size="xs" onClick={() => files.current?.click()}>
          Choose files
        </Button>
        <Button size="xs" onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="choose-files"
        accept="image/*,.heic,.heif,.avif,.tif,.tiff"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        data-testid="choose-folder"
        onChange={(event) => chosen(event.currentTarget)}
        {...{ webkitdirectory: "" }}
      />
    </section>
  );
}

/** A file dropped beside the field must not make the browser leave the app to show it. */
function useNoStrayDrop(): void {
  useEffect(() => {
    const swallow = (event: Event) => event.preventDefault();
    addEventListener("dragover", swallow);
    addEventListener("drop", swallow);
    return () => {
      removeEventListener("dragover", swallow);
      removeEventListener("drop", swallow);
    };
  }, []);
}
