export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Values of each part of a question, enough for the leaves that are made up. */
export const DURATIONS = [HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR];
export const LIVE_GRANTS = [0, 1, 2, 3, 4, 5, 30];
export const EMAILS = [
  'cy@corp.example',
  'di@corp.example',
  'mo@corp.example',
  'ana@corp.example',
  'eve@other.example',
  'eve@corp.example',
  'ada@x.example',
  'bob@x.example',
  'bo@corp.example',
];
export const TICKETS = [undefined, 'OPS-1', 'OPS-17', 'OPS-2', 'INC-77', 'INC-1', 'A-7', 'A-2', 'a:7', 'b:3'];

/** What is found of an input, or that it could not be looked up. */
export interface Found {
  given: Readonly<Record<string, number | boolean>>;
  failed: Readonly<Record<string, string>>;
}

const given = (values: Found['given']): Found => ({ given: values, failed: {} });
const lost = (input: string): Found => ({ given: {}, failed: { [input]: 'it could not be looked up' } });

export const GRANTS: Found[] = [
  ...LIVE_GRANTS.map((liveGrants) => given({ liveGrants, hasThis: false })),
  // Whoever has this entitlement has at least one.
  ...LIVE_GRANTS.filter((count) => count > 0).map((liveGrants) => given({ liveGrants, hasThis: true })),
  lost('grants'),
];
export const DENIALS: Found[] = [
  ...[0, 1, 2, 3, 4, 10].map((recentDenials) => given({ recentDenials })),
  lost('denials'),
];
export const ON_CALL: Found[] = [given({ onCall: false }), given({ onCall: true }), lost('onCall')];

/** Said by whoever asks. */
export const EMERGENCIES: Found[] = [given({ emergency: false }), given({ emergency: true })];

export const withEmergency = ({ given, failed }: Found, emergency: boolean): Found => ({
  given: { ...given, emergency },
  failed,
});

/** What is found of most people. */
export const USUAL = { liveGrants: 0, hasThis: false, recentDenials: 0, onCall: false, emergency: false };
