import type { Rule } from '../about.js';

/** What people are told of a ticket before they write one. */
export const tickets: Rule<'ticket-without-example'> = {
  codes: { 'ticket-without-example': 'warning' },

  find({ parts, inDirectory }) {
    const { ticket } = parts.directory.justification;
    if (!ticket || ticket.example !== undefined) return [];
    return [
      {
        code: 'ticket-without-example',
        at: inDirectory(['justification', 'ticket']),
        subject: 'justification.ticket',
        explanation: 'it has a pattern and no example, and people are never shown the pattern',
        remedy: 'write a ticket that matches as its example, such as example: OPS-12',
      },
    ];
  },
};
