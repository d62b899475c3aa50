import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { checkList, checkObject, checkText } from '../../protocol/internal.ts';
import { EventFilter } from '../filter/event-filter.ts';
import type { TargetKeys } from '../tree/folder-lock.ts';
import type { RemoteSettings, ReplicatorSettings } from './settings.ts';

/** What two configs that send to the same place do to each other. */
export interface TargetConflict {
  /** One deletes what the other has sent. */
  readonly isHarmful: boolean;
  readonly message: string;
}

const DEFAULT_PORT = 873;

export function targetKeys({ target, connection }: RemoteSettings): TargetKeys {
  const { host, module, path } = target;
  const top = `${host.toLowerCase()}:${connection.port ?? DEFAULT_PORT}/${module}`;
  const places = [top];
  for (const name of namesOf(path)) places.push(`${places.at(-1)}/${name}`);
  const keys = places.map((place) => createHash('sha256').update(place).digest('base64url').slice(0, 22));
  return { own: keys.at(-1) as string, above: keys.slice(0, -1) };
}

function checkSettings(settings: ReplicatorSettings): void {
  checkObject(settings, 'settings');
  const { root, remotes, filter } = settings;
  checkText(root, 'root');
  checkObject(filter, 'filter');
  checkList(remotes, 'remotes');
  for (const remote of remotes) {
    checkObject(remote, 'remote');
    const { target, connection } = remote;
    checkObject(target, 'target');
    checkObject(connection, 'connection');
    for (const field of ['host', 'module', 'path'] as const) checkText(target[field], field);
  }
}

/** What several configs of one process do to each other at their remotes. */
export function targetConflicts(all: readonly ReplicatorSettings[]): TargetConflict[] {
  checkList(all, 'settings');
  for (const one of all) checkSettings(one);
  return all.flatMap((one, i) =>
    all
      .slice(i + 1)
      .flatMap((other) =>
        one.remotes.flatMap((mine) =>
          other.remotes.flatMap(
            (theirs) => conflictOf({ ...one, remote: mine }, { ...other, remote: theirs }) ?? [],
          ),
        ),
      ),
  );
}

interface Sending extends ReplicatorSettings {
  readonly remote: RemoteSettings;
}

function conflictOf(a: Sending, b: Sending): TargetConflict | undefined {
  const [keysA, keysB] = [targetKeys(a.remote), targetKeys(b.remote)];
  if (keysA.own === keysB.own) {
    const isHarmful = a.deletes || b.deletes;
    const harm = isHarmful
      ? 'each would delete what the other sends'
      : 'files of one name overwrite each other';
    return { isHarmful, message: `${a.root} and ${b.root} are both sent to ${a.remote.name}: ${harm}` };
  }
  if (keysB.above.includes(keysA.own)) return nestedConflict(a, b);
  return keysA.above.includes(keysB.own) ? nestedConflict(b, a) : undefined;
}

/** The folder of one remote lies in that of the other. That is fine if the upper one leaves it out, or has the same there. */
function nestedConflict(upper: Sending, lower: Sending): TargetConflict | undefined {
  const inside = namesOf(lower.remote.target.path).slice(namesOf(upper.remote.target.path).length).join('/');
  const filter = new EventFilter({ ...upper.filter, root: upper.root });
  if (!filter.accepts(inside, true)) return undefined;
  if (relative(join(upper.root, inside), lower.root) === '') return undefined;
  return {
    isHarmful: upper.deletes,
    message:
      `${lower.root} is sent to ${lower.remote.name}, which lies in ${upper.remote.name}, to which ${upper.root} is sent` +
      (upper.deletes ? `: that one deletes what it does not have; exclude ${inside} there` : ''),
  };
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
