/** The command that prints the files of a tag, ready to be pasted into a shell; `options` name the data folder. */
export function exportCommand(tag: { id: string; name: string }, dataset: string, options = ""): string {
  const named = tag.name.startsWith("-") ? tag.id : tag.name; // it would be read as an option
  return `tamis export ${quoted(named)} --dataset ${quoted(dataset)} --list${options && ` ${options}`}`;
}

/** A word as a POSIX shell reads it: as it is where nothing in it means anything else. */
function quoted(word: string): string {
  return /^[\w.,@%+/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
