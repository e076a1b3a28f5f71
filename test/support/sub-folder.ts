/** An entitlement as a catalog has it. */
export const entry = (
  id: string,
  { environment = 'payments', account = '222233334444', team = 'payments' } = {},
) =>
  `  - id: ${id}
    name: ${id}
    environment: ${environment}
    account: "${account}"
    risk: low
    owners: [dba]
    tags: { team: ${team} }
    durations: [1h, 4h]
    sts-session: { roleArn: "arn:aws:iam::${account}:role/jit/${id}" }
`;

export const catalogOf = (...entries: string[]): string =>
  entries.length === 0 ? 'entitlements: []\n' : `entitlements:\n${entries.join('')}`;

const FREEZE = `// Payments is closed for the end of the year.
@id("payments-freeze")
@advice("Ask again in January.")
forbid (principal, action == Jit::Action::"request", resource in Jit::Environment::"payments");
`;

const CASE = `- name: nobody gets in while payments is closed
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: cards, duration: 1h }
  expect: { outcome: denied, policies: [payments-freeze] }
`;

/** A team's own folder, beside the small one of `support/policy.ts`. */
export const PAYMENTS = {
  'payments/catalog.yml': catalogOf(entry('cards')),
  'payments/freeze.cedar': FREEZE,
  'payments/cases/freeze.yml': CASE,
};
