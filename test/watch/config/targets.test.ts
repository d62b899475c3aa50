import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/watch/config/settings.ts';
import { targetConflicts, targetKeys } from '../../../src/watch/config/targets.ts';
import { type ReplicationParts, replicationConfig } from '../../support/replication.ts';

type Wishes = Partial<Omit<ReplicationParts, 'remotes'>>;

function settings(root: string, module: string, wishes: Wishes = {}) {
  return settingsOf(replicationConfig({ root, port: 8730, remotes: [{ module }], ...wishes }));
}

const excluding = (expression: string) =>
  `<filter start="true"><exclude expression="${expression}"/></filter>`;

describe('two configs that send to the same place', () => {
  it('conflict if one of them deletes', () => {
    const [a, b] = [settings('/srv/a', 'm/x'), settings('/srv/b', 'm//x/', { deletes: false })];
    expect(targetConflicts([a, b])).toMatchObject([
      {
        isHarmful: true,
        message: expect.stringContaining('/srv/a and /srv/b are both sent to 127.0.0.1::m/x'),
      },
    ]);
    expect(
      targetConflicts([
        settings('/srv/a', 'm', { deletes: false }),
        settings('/srv/b', 'm', { deletes: false }),
      ]),
    ).toMatchObject([{ isHarmful: false }]);
  });

  it('conflict however the host is spelt', () => {
    const at = (root: string, host: string) =>
      settingsOf(replicationConfig({ root, port: 8730, remotes: [{ host, module: 'm' }] }));
    expect(targetConflicts([at('/srv/a', 'backup.Example'), at('/srv/b', 'BACKUP.example')])).toMatchObject([
      { isHarmful: true },
    ]);
  });

  it('do not conflict in other modules, folders, ports or hosts', () => {
    const one = settings('/srv/a', 'm/x');
    const others = [
      settings('/srv/b', 'm/xy'),
      settings('/srv/b', 'n/x'),
      settings('/srv/b', 'm/x', { port: 1 }),
    ];
    expect(targetConflicts([one, ...others])).toEqual([]);
    const elsewhere = settingsOf(
      replicationConfig({ root: '/srv/b', port: 8730, remotes: [{ host: '127.0.0.9', module: 'm/x' }] }),
    );
    expect(targetConflicts([one, elsewhere])).toEqual([]);
  });
});

describe('two configs of which one sends to a folder in the place of the other', () => {
  const lower = settings('/data/uploads', 'www/site/uploads', { deletes: false });

  it('conflict if the upper one deletes, whichever comes first', () => {
    const upper = settings('/srv/site', 'www/site');
    for (const both of [
      [upper, lower],
      [lower, upper],
    ])
      expect(targetConflicts(both)).toMatchObject([
        { isHarmful: true, message: expect.stringContaining('exclude uploads there') },
      ]);
    expect(targetConflicts([settings('/srv/site', 'www', { deletes: false }), lower])).toMatchObject([
      { isHarmful: false },
    ]);
  });

  it('do not conflict if the upper one leaves that folder out', () => {
    const upper = settings('/srv/site', 'www/site', { head: excluding('^uploads') });
    const above = settings('/srv', 'www', { params: '-a --exclude=/site/uploads' });
    expect(targetConflicts([upper, lower])).toEqual([]);
    expect(targetConflicts([above, lower])).toEqual([]);
  });

  it('do not conflict if the upper one has the same folder there', () => {
    expect(targetConflicts([settings('/data', 'www/site'), lower])).toEqual([]);
  });
});

describe('the keys of a place', () => {
  it('tell nothing about it, but can be compared', () => {
    const [remote] = settings('/srv', 'secret/a/b').remotes;
    const [above] = settings('/srv', 'secret/a').remotes;
    if (remote === undefined || above === undefined) throw new Error('no remote');
    const keys = targetKeys(remote);
    expect(JSON.stringify(keys)).not.toContain('secret');
    expect(keys.above).toHaveLength(2);
    expect(keys.above).toContain(targetKeys(above).own);
  });
});
