import { examine as examineWith } from '../../cli/doctor/index.js';
import type { DoctorOutside, ExamineOptions } from '../../cli/doctor/outside.js';
import type { Step } from '../../cli/doctor/step.js';
import { readProxies } from '../../config.js';
import { useProxies } from '../../kit/outbound/index.js';
import { createLog } from '../../log.js';
import { channelsOf } from '../../slack/delivery/card-places.js';
import { answersHealth, challenge, slackInspection } from '../../slack/inspect.js';
import { engineClient } from '../../slack/wire/clients.js';
import { objectSource } from '../policies/object-source.js';
import { wallClock } from '../wiring/clock.js';
import { reveal } from '../wiring/slack-identity.js';

/** The doctor, on what the environment names. @param options.now what tests put in the place of the wall clock */
export function examine({
  now = wallClock,
  ...options
}: ExamineOptions & Partial<Pick<DoctorOutside, 'now'>>): AsyncGenerator<Step> {
  useProxies(readProxies(options.env));
  return examineWith(options, {
    reveal,
    slack: ({ token, apiUrl }) =>
      slackInspection(engineClient({ token, slackApiUrl: apiUrl, log: createLog('silent') })),
    channelsOf,
    policyObject: (name, how) => objectSource(name, { ...how, owner: async () => how.owner }).live,
    challenge,
    answersHealth,
    now,
  });
}
