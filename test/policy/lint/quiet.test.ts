import { loadFolder } from '../../../src/policy/load.js';
import { catalog, found, removeFolders, subjects } from '../../support/lint.js';
import { folder, kinds } from '../../support/policy.js';

afterAll(removeFolders);

const SAM = 'sam@corp.example';
const KIM = 'kim@corp.example';
const DAN = 'dan@corp.example';

const directory = (stages: Record<string, object>, people: Record<string, object> = {}) => ({
  'directory.yml': JSON.stringify({
    channel: 'C0ACCESS',
    groups: {
      engineers: { usergroup: 'S0ENG' },
      dba: { members: [DAN] },
      security: { members: [SAM, KIM] },
    },
    stages: {
      manager: { manager: true },
      owners: { owners: true },
      security: { group: 'security' },
      ...stages,
    },
    people,
  }),
});

describe('one who is quiet', () => {
  test('and could approve there is nothing to find; capitals and repetitions are the same person', async () => {
    const files = directory({ security: { group: 'security', quiet: ['Sam@Corp.example', SAM] } });
    expect(await subjects('quiet-outsider', files)).toEqual([]);
    const loaded = await loadFolder(await folder(files), { kinds });
    if ('problems' in loaded) throw new Error('does not load');
    expect(loaded.bundle.directory.stages.find(({ name }) => name === 'security')).toMatchObject({
      quiet: [SAM],
    });
  });

  test('and could not approve there is found, with those who could', async () => {
    const [finding, ...more] = await found(
      'quiet-outsider',
      directory({ security: { group: 'security', quiet: [DAN, SAM] } }),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning', file: 'directory.yml', subject: DAN });
    expect(finding?.explanation).toContain(`those who could: ${SAM}, ${KIM}`);
  });

  test('of managers and owners as well', async () => {
    const people = { 'ana@corp.example': { manager: KIM } };
    const stages = { manager: { manager: true, quiet: [SAM, KIM] }, owners: { owners: true, quiet: [SAM] } };
    const files = { ...directory(stages, people), 'catalog.yml': catalog({ owners: ['dba'] }) };
    expect(await subjects('quiet-outsider', files)).toEqual([SAM, SAM]);
  });

  test('in a stage whose people Slack alone knows is not judged, until they are given', async () => {
    const files = directory({ eng: { group: 'engineers', quiet: [SAM] } });
    expect(await subjects('quiet-outsider', files)).toEqual([]);
    expect(await subjects('quiet-outsider', files, { members: { S0ENG: [KIM] } })).toEqual([SAM]);
  });
});

test('a stage in which everybody is quiet is noted', async () => {
  const quiet = (...who: string[]) => directory({ security: { group: 'security', quiet: who } });
  expect(await found('quiet-everybody', quiet(SAM, KIM))).toMatchObject([
    { severity: 'note', subject: 'security' },
  ]);
  expect(await subjects('quiet-everybody', quiet(SAM))).toEqual([]);
});
