import type { DirectoryConfig } from '../../domain/directory.js';
import { isObject } from '../../domain/is-object.js';
import type { Reading } from './sections.js';
import * as s from './shapes.js';
import { fit } from './source.js';
import { unknown } from './suggest.js';

const review = s.object({ by: s.name, within: s.duration }, 'by: <group>, within: <duration>');
const emergency = s.object(
  { channel: s.channel, tell: s.name, review },
  'channel: <channel>, tell: <group>, review: { by: <group>, within: <duration> }',
);

/** Who hears of access in an emergency, and who reviews it. */
export function readEmergency({ source, problems, say }: Reading): DirectoryConfig['emergency'] {
  const path = ['emergency'];
  // What is no mapping is said where all of directory.yml is read.
  const found = isObject(source.at(path)) ? fit(source, path, emergency, problems) : undefined;
  const names = source.keys(['groups']);
  for (const [key, name] of Object.entries({ tell: found?.tell, 'review.by': found?.review.by }))
    if (name !== undefined && !names.includes(name))
      say([...path, ...key.split('.')], unknown('group', name, names));
  return found;
}
