import type { JsonObject } from '../../../domain/entitlement.js';
import type { Head } from '../../../domain/request/head.js';
import type { Playground } from '../../playground.js';
import type { MethodCall } from '../../slack/index.js';
import { awsView } from './aws-view.js';
import { nextDue } from './due.js';
import type { PagePerson, RequestRow, PageSnapshot, Trouble } from './model.js';
import { visibleChannels } from './sight.js';

const REFUSALS_SHOWN = 20;

/** All that one person's page shows. */
export async function snapshot(
  playground: Playground,
  { id: me }: PagePerson,
  trouble: Trouble,
): Promise<PageSnapshot> {
  const { clock, slack, people, shared } = playground;
  const heads = await playground.record.heads();
  const next = nextDue(heads, people, clock.now());
  const policies = playground.policies();
  const home = slack.home(me);
  return {
    clock: { now: clock.now(), rate: clock.rate(), ...(next && { next }), timezone: playground.timezone() },
    team: slack.teamName,
    me,
    people,
    channels: visibleChannels(playground, me).map(({ id, name }) => ({
      id,
      name,
      shared: shared.includes(id),
      messages: slack.messages(id),
    })),
    usergroups: slack.usergroups().map(({ id, handle }) => ({ id, handle })),
    dm: slack.dms(me),
    dmChannel: slack.dmOf(me),
    ephemerals: slack.ephemerals(me),
    ...(home && { home }),
    modals: slack.views(me),
    failures: slack.failures(me),
    refusedCalls: slack.refusals(REFUSALS_SHOWN).map(refusedCall),
    bot: playground.bot.state(),
    policies,
    trouble,
    aws: awsView(playground),
    requests: heads.map(rowOf).sort((a, b) => b.requestedAt - a.requestedAt),
    ready: policies.hash !== undefined,
  };
}

function refusedCall({ at, method, answer = {} }: MethodCall): PageSnapshot['refusedCalls'][number] {
  return { at, method, error: textIn(answer, 'error'), details: texts(answer, 'errors') };
}

function textIn(answer: JsonObject, name: string): string {
  const value = answer[name];
  return typeof value === 'string' ? value : '';
}

function texts(answer: JsonObject, name: string): string[] {
  const value = answer[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function rowOf({ id, state }: Head): RequestRow {
  const lease = 'lease' in state ? state.lease : undefined;
  return {
    id,
    requester: state.requester.email,
    entitlement: state.entitlement.id,
    name: state.entitlement.name,
    duration: state.duration,
    status: state.status === 'closed' ? state.outcome : state.status,
    requestedAt: state.requestedAt,
    ...(lease && { endsAt: lease.endsAt }),
  };
}
