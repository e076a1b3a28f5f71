export const SCHEMA = 'schema.cedarschema';
export const CATALOG = 'catalog.yml';
export const DIRECTORY = 'directory.yml';
export const REQUIRED = [SCHEMA, CATALOG, DIRECTORY];
const CASES = 'cases';

/** What a file of a policy folder is, by its path there. */
export type FileRole =
  | { is: 'rule' | 'case' }
  /** An editor or a system has put it there: see `isAside`. */
  | { is: 'aside' }
  /** It has nothing to do with policy. */
  | { is: 'stray' }
  /** It looks as if it decided something, and is not read. @see rightPlace */
  | { is: 'misplaced'; message: string };

/**
 * What editors and systems put beside a file while it is open, or instead of it: `.#x` and `#x#` (Emacs), `.x.swp`
 * (vi), `x~`, `._x` (macOS). None of it is what its author has saved.
 */
export const isAside = (name: string): boolean => /^[.#]|~$/.test(name);

/** `.git`, or a ConfigMap's `..data`: what stands in such a folder is not what its author has put into this one. */
export const isHidden = (folder: string): boolean => folder === '' || folder.startsWith('.');

/** What file systems make by themselves: its owner alone may look into it. */
export const isOfSystem = (folder: string): boolean => folder === 'lost+found';

/** Kustomize's own, from which a ConfigMap of policies may be made. */
const KUSTOMIZATION = ['kustomization.yaml', 'kustomization.yml'];

/** Whether somebody might take a file of this name for one that decides. */
export const looksDeciding = (name: string): boolean =>
  /\.(?:cedar|ya?ml|cedarschema(?:\.json)?)\s*$/i.test(name) && !KUSTOMIZATION.includes(name);

/** `[]` is the policy folder itself, `['payments']` a sub-folder, `['payments', 'cases']` that one's tests. */
const isCases = (folders: readonly string[]): boolean =>
  folders.at(-1) === CASES && (folders.length === 1 || (folders.length === 2 && folders[0] !== CASES));

/** Whether files of this folder can be read; those of a deeper one cannot. */
export const isReadFolder = (folders: readonly string[]): boolean => folders.length <= 1 || isCases(folders);

/** `payments` of `payments/freeze.cedar`, and of `payments/cases/a.yml`; empty at the root. */
export function subFolderOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return isReadFolder(folders) && folders[0] !== undefined && folders[0] !== CASES ? folders[0] : '';
}

export function roleOf(path: string): FileRole {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (name === '' || isAside(name) || folders.some(isHidden)) return { is: 'aside' };
  if (name === CASES && folders.length <= 1)
    return misplaced('it is no folder; put the tests into a folder of that name');
  if (!looksDeciding(name)) return { is: 'stray' };
  if (/\p{Cc}/u.test(path)) return misplaced('there is a control character in its name; rename it');
  if (isCases(folders)) return /\.ya?ml$/.test(name) ? { is: 'case' } : misplaced(amongCases(folders));
  const isRule = name.endsWith('.cedar') || (folders.length === 0 ? REQUIRED : [CATALOG]).includes(name);
  if (isReadFolder(folders) && isRule) return { is: 'rule' };
  return misplaced(isReadFolder(folders) ? rightName(name, folders) : tooDeep(folders));
}

const misplaced = (why: string): FileRole => ({ is: 'misplaced', message: `is not read: ${why}` });

const amongCases = (folders: readonly string[]): string =>
  `in ${folders.join('/')}/ only *.yml is; rename it, or move it to where it belongs`;

function tooDeep([first = '', second = '']: readonly string[]): string {
  return first === CASES
    ? `the tests of a sub-folder stand in its own ${CASES}/; move it to ${second}/${CASES}/`
    : `only one level of sub-folders is; move it to ${first}/, or to a sub-folder of its own beside that`;
}

/** What the author will have meant by a name that is not read. */
function rightName(name: string, folders: readonly string[]): string {
  const small = name.trim().toLowerCase();
  const at = folders.map((folder) => `${folder}/`).join('');
  if (small.endsWith('.cedar')) return `its name must end in .cedar, in small letters; rename it`;
  if (!/\.ya?ml$/.test(small))
    return `there is one schema for all, ${SCHEMA} at the top; put what it has there, and delete it`;
  const plain = small.replace('.yaml', '.yml');
  if (plain === DIRECTORY && folders.length > 0)
    return `groups, stages, people and accounts stand in ${DIRECTORY} at the top; move what it has there`;
  if (plain === CATALOG || plain === DIRECTORY) return `rename it to ${at}${plain}`;
  if (plain.startsWith('catalog'))
    return `a folder has one catalog; put its entitlements into ${at}${CATALOG}${at === '' ? ', or into the catalog.yml of a sub-folder' : ''}`;
  const read = folders.length === 0 ? `${CATALOG}, ${DIRECTORY}` : `${at}${CATALOG}`;
  return `of YAML only ${read} and ${at}${CASES}/*.yml are; move it there, or out of the policy folder`;
}
