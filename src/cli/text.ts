/** For a terminal: text from the record without what would move the cursor, colour it or turn its direction. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}
