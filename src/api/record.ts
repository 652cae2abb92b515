/** A value from outside that has named fields, of which nothing else is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value from outside has named fields; null and lists have none. */
export const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
