/** Go counts and cuts strings by their bytes in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

export function byteAt(text: string, index: number): number {
  return new TextEncoder().encode(text)[index] ?? 0;
}

/** A character cut in two becomes U+FFFD. */
export function byteSlice(text: string, from: number, to: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(from, to));
}
