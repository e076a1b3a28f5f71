/** Characters that Unicode normalisation replaces by an ASCII one: a Kelvin sign by K, two others by ; and `. */
const LOOKALIKES = /([\u037e\u1fef\u212a])/u;

/**
 * An e-mail address as it stands everywhere in the program: without blanks around it, composed (NFC), in lower case.
 * Every side uses this one function: the keeper of accounts, the policy folder, calendars, the command line. No letter
 * outside of ASCII becomes one of ASCII, as the Kelvin sign would become a k, since that may be somebody else's address.
 */
export function emailOf(written: string): string {
  const parts = written.trim().split(LOOKALIKES);
  return parts
    .map((part, i) => (i % 2 === 1 ? part : Array.from(part, lower).join('').normalize('NFC')))
    .join('');
}

/** Whether two addresses, as people or older records write them, are one. */
export function sameAddress(a: string, b: string): boolean {
  return emailOf(a) === emailOf(b);
}

// Letter by letter, since the lower case of a sigma depends on what follows it.
function lower(letter: string): string {
  const small = letter.toLowerCase();
  return isAscii(letter) || !Array.from(small).some(isAscii) ? small : letter;
}

function isAscii(letter: string): boolean {
  return letter.codePointAt(0)! < 128;
}
