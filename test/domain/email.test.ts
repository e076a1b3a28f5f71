import * as fc from 'fast-check';
import { emailOf, sameAddress } from '../../src/domain/email.js';

describe('an e-mail address', () => {
  test.each([
    ['Ana.Lopez@Corp.example', 'ana.lopez@corp.example'],
    [' ana@corp.example\n', 'ana@corp.example'],
    ['Åsa@corp.example', 'åsa@corp.example'],
    // A and a ring, as a Mac writes it; and the sign for an ångström.
    ['A\u030asa@corp.example', 'åsa@corp.example'],
    ['\u212bsa@corp.example', 'åsa@corp.example'],
    ['ÖZGE@KÖLN.example', 'özge@köln.example'],
    ['ΝΙΚΟΣ@corp.example', 'νικοσ@corp.example'],
  ])('%j is %j', (written, email) => {
    expect(emailOf(written)).toBe(email);
  });

  test.each([
    '\u212aim@corp.example',
    '\u0130da@corp.example',
    'a\u037e@corp.example',
    'a\u1fef@corp.example',
  ])('invariant 4: %j is not the address in ASCII that it looks like', (written) => {
    expect(emailOf(written)).toBe(written);
    expect(sameAddress(written, written.normalize('NFKC').toLowerCase())).toBe(false);
  });

  test('invariant 4: written in whatever way, it is one address; and nothing outside of ASCII becomes ASCII', () => {
    const ascii = (text: string) => Array.from(text).filter((letter) => letter.codePointAt(0)! < 128).length;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const email = emailOf(text);
        expect(emailOf(email)).toBe(email);
        expect(ascii(email)).toBeLessThanOrEqual(ascii(text));
      }),
    );
  });
});
