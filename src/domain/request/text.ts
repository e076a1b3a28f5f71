/** What people write into the form, in characters. What is longer is refused, not cut: on record is what was written. */
export const LONGEST_JUSTIFICATION = 1000;
export const LONGEST_TICKET = 64;

/** All that ends a line somewhere (Unicode, section 5.8): a quotation that knows fewer of them is left by the others. */
export const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * What nobody sees, though it is a character: what programs do not draw (Default_Ignorable_Code_Point: zero width, soft
 * hyphen, Hangul fillers, variation selectors), controls and what is not assigned, marks that sit on another character,
 * and letters that are drawn blank: in Braille, in musical notation, in hieroglyphs.
 */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{C}\p{Mn}\p{Me}\u2800\u{1d159}\u{13441}\u{13442}]/gu;
const SPACE = /[\s\p{Z}]+/gu;

/** How many characters of a text can be seen; the space between two words is one of them, however wide it is. */
export function visibleLength(text: string): number {
  const seen = text.replace(LINE_BREAK, ' ').replace(UNSEEN, '').replace(SPACE, ' ').trim();
  return Array.from(seen).length;
}
