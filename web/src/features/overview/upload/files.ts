/** A file on its way, under the name that it gets in the dataset: its path below what was dropped. */
export interface Picked {
  name: string;
  file: File;
}

/** What was dropped or chosen: images to send, and how many files are left out because they are none. */
export interface Pick {
  images: Picked[];
  leftOut: string[];
}

const IMAGES =
  /\.(jpe?g|jfif|png|webp|bmp|gif|tiff?|heic|heif|avif|ppm|pgm|pbm|pnm|ico|tga|jp2|jxl|psd|svg|exr|hdr|cr2|cr3|nef|arw|dng|orf|raf|raw)$/i;
const JUNK = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini)(\/|$)|(^|\/)__MACOSX\//i;

/** Tell the images from the rest. What claims to be an image is sent; the server says whether it is one. */
export function sorted(files: Picked[]): Pick {
  const named = files.map(({ name, file }) => ({ name: name.normalize("NFC"), file })); // as the server does
  const kept = named.filter(({ name }) => !JUNK.test(name));
  const isImage = ({ name, file }: Picked) => IMAGES.test(name) || file.type.startsWith("image/");
  return {
    images: kept.filter(isImage).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    leftOut: kept.filter((each) => !isImage(each)).map(({ name }) => name),
  };
}

/** Take what the browser's own dialog returned; for a folder it gives paths. */
export function fromInput(files: Iterable<File>): Pick {
  return sorted([...files].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
}

/** Take what was dropped, folders with everything below them. Must be called in the drop event itself. */
export async function fromDrop(transfer: DataTransfer): Promise<Pick> {
  // The list of items is emptied once the event is over, so the entries are taken before the first await.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return fromInput(transfer.files);
  const found: Picked[] = [];
  for (const entry of entries) await walk(entry, found);
  return sorted(found);
}

async function walk(entry: FileSystemEntry, found: Picked[]): Promise<void> {
  const name = entry.fullPath.replace(/^\/+/, "");
  if (JUNK.test(name)) return;
  if (isFile(entry)) {
    found.push({ name, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    // A reader gives at most a hundred entries at a time, and an empty list at the end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) break;
      for (const each of some) await walk(each, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
