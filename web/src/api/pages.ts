interface Page<T> {
  items: T[];
  next?: string | null;
}

const LARGEST = 1000;

/** Read every page of a list: `everyPage((query) => data(api.GET(path, { params: { query } })))`. */
export async function everyPage<T>(
  read: (query: { after?: string; limit: number }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await read(after === null ? { limit: LARGEST } : { after, limit: LARGEST });
    items.push(...page.items);
    after = page.next ?? null;
  } while (after !== null);
  return items;
}
