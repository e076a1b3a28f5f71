import { formatChain } from '../../../domain/chain.js';
import type { LintView } from '../about.js';
import { casesOf, gapsOf, type SeatCase, type Gap } from '../gaps.js';
import type { Rule } from '../about.js';
import { listed, type LintFound, type FilePlace } from '../finding.js';

type Code = Gap['code'] | 'members-unknown';

/** Whether the chains that policies ask for can be filled with distinct people, none of them the requester. */
export const stages: Rule<Code> = {
  codes: {
    'stage-empty': 'error',
    'stage-too-small': 'error',
    'stage-only-requester': 'warning',
    'stage-short-of-people': 'warning',
    'requester-without-manager': 'warning',
    'members-unknown': 'note',
  },

  find(about) {
    const cases = casesOf(about);
    const gaps = cases.flatMap((one) => [...gapsOf(about, one)]);
    return [...sentences(about, gaps), ...unknownMembers(about, cases)];
  },
};

/** One finding for each stage and kind of gap. */
function sentences(about: LintView, gaps: Gap[]): LintFound<Code>[] {
  const byPlace = new Map<string, { at: FilePlace; gaps: Gap[] }>();
  for (const gap of gaps) {
    const at = placeOf(about, gap);
    const subject = gap.code === 'requester-without-manager' ? gap.requester : gap.stage;
    const key = [gap.code, at.file, at.line, subject].join('\n');
    byPlace.set(key, { at, gaps: [...(byPlace.get(key)?.gaps ?? []), gap] });
  }
  return [...byPlace.values()].map(({ at, gaps }) => ({ at, ...sentence(gaps) }));
}

function sentence(gaps: Gap[]): Omit<LintFound<Code>, 'at'> {
  const worst = gaps.reduce((a, b) => (b.needed - b.available > a.needed - a.available ? b : a));
  const { code, stage, needed, available, chain, isDenied, requester = '' } = worst;
  const things = listed(gaps.map(({ entitlement }) => entitlement.id));
  const people = listed(gaps.flatMap((gap) => gap.requester ?? []));
  const subject = stage;
  const left = `the chain "${formatChain(chain)}" needs ${needed} there, and ${isDenied ? `policy lets ${available} approve` : `${available} can be found`}`;
  switch (code) {
    case 'stage-empty':
      return {
        code,
        subject,
        explanation: `nobody is in it, so every request for ${things} that needs it is refused`,
        remedy: 'name people for it, or take the stage out of the chain',
      };
    case 'stage-too-small':
      return {
        code,
        subject,
        explanation: `${left}: every request for ${things} that takes this chain is refused`,
        remedy: isDenied
          ? 'change who may approve, add people, or lower the quorum'
          : 'add people, or lower the quorum',
      };
    case 'stage-only-requester':
      return {
        code,
        subject,
        explanation: `when ${people} asks for ${things}, nobody else is in it`,
        remedy: 'add a second person',
      };
    case 'stage-short-of-people':
      return {
        code,
        subject,
        explanation: `when ${people} asks for ${things}, ${left}: nobody approves their own request, or twice in one chain`,
        remedy: 'add people to it, or give them another manager',
      };
    case 'requester-without-manager':
      return {
        code,
        subject: requester,
        explanation: `may ask for ${things}, whose chain needs a manager, and has none but themselves`,
        remedy: 'write their manager under people in directory.yml',
      };
    default:
      return code satisfies never;
  }
}

function placeOf(
  { parts, inCatalog, inDirectory }: LintView,
  { code, stage, entitlement, requester }: Gap,
): FilePlace {
  if (code === 'requester-without-manager')
    return inDirectory(
      requester !== undefined && requester in parts.directory.people ? ['people', requester] : ['people'],
    );
  const kind = parts.directory.stages.find(({ name }) => name === stage)?.kind;
  return kind === 'owners' ? inCatalog(entitlement.id, ['owners']) : inDirectory(['stages', stage]);
}

function unknownMembers({ parts, members, inDirectory }: LintView, cases: SeatCase[]): LintFound<Code>[] {
  const { stages, groups } = parts.directory;
  const used = cases.flatMap(({ chain, entitlement }) =>
    chain.flatMap(({ name }) => {
      const stage = stages.find((known) => known.name === name);
      if (stage?.kind === 'manager') return [];
      const names = stage?.kind === 'group' ? [stage.group ?? ''] : entitlement.owners;
      return names.filter((group) => !members(group)).map((group) => ({ group, stage: name }));
    }),
  );
  return [...new Set(used.map(({ group }) => group))].map((subject) => {
    const group = groups[subject];
    const id = group && 'source' in group ? group.id : '';
    const names = listed(used.filter(({ group }) => group === subject).map(({ stage }) => stage));
    return {
      code: 'members-unknown',
      at: inDirectory(['groups', subject]),
      subject,
      explanation: `Slack alone knows who is in ${id}, so whether the stage ${names} can be filled was not checked`,
      remedy: `give its members with --members groups.json: {"${id}": ["<e-mail>", …]}`,
    };
  });
}
