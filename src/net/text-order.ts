/** Order of texts by their code units: the same on every machine, unlike the order of a locale. */
export const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
