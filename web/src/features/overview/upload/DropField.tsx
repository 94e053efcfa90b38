import { Button } from "@mantine/core";
import { useRef } from "react";
import { UploadIcon } from "../../../ui/icons";
import { fromInput, type Pick } from "./files";
import classes from "./UploadCard.module.css";

interface Props {
  onPick: (pick: Pick) => void;
  small: boolean;
  /** Whether files are held over the page, and whether dropped folders are being looked through. */
  over: boolean;
  reading: boolean;
}

/** Where files and folders are dropped, or chosen in the browser's dialog. All of the page takes what is dropped. */
export function DropField({ onPick, small, over, reading }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
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
