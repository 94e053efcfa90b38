/** What the address says about a dataset's pages, beside the path. All of it may be missing. */
export interface View {
  /** The selected tag; missing means "All samples". */
  tag?: string | undefined;
  embedding?: string | undefined;
  selection?: string | undefined;
  /** How many of the selection's ranking are kept. */
  keep?: number | undefined;
  sort?: string | undefined;
  /** The position of the sample whose detail is open. */
  sample?: number | undefined;
}

const TEXTS = ["tag", "embedding", "selection", "sort"] as const;
const COUNTS = ["keep", "sample"] as const;

/** Read a view from the parameters of an address; what makes no sense is left out. */
export function parseView(search: Record<string, unknown>): View {
  const view: View = {};
  for (const name of TEXTS) if (typeof search[name] === "string" && search[name]) view[name] = search[name];
  for (const name of COUNTS) {
    const text = search[name];
    const count = typeof text === "string" && text !== "" ? Number(text) : text;
    if (typeof count === "number" && Number.isInteger(count) && count >= 0) view[name] = count;
  }
  return view;
}

/** Read an address's parameters as plain text: an id of 24 digits must not become a number. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function formatSearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}
