/** Writes that are under way at the same time. */
const WRITERS = 8;

/** Works on all items, some at a time, each begun in the order of the list; the work doesn't throw. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
}
