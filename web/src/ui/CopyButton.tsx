import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { CheckIcon, CopyIcon } from "./icons";

/** Copy a text; the icon and the label say when it is done. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const clipboard = useClipboard({ timeout: 1600 });
  const said = clipboard.error
    ? "Could not copy. Select the text instead."
    : clipboard.copied
      ? "Copied"
      : label;
  return (
    <Tooltip label={said} openDelay={clipboard.copied ? 0 : 350}>
      <ActionIcon size="sm" aria-label={said} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
