import { describe, expect, it } from 'vitest';
import { Reachability } from '../../../src/watch/remote/reachability.ts';

const reachability = () => new Reachability(() => 1);

describe('a remote', () => {
  it('that cannot be reached is left alone for longer each time', () => {
    const remote = reachability();
    expect(remote.block('refused', true, 0)).toEqual({ until: 250, reason: 'refused', isKnown: false });
    expect(remote.at(249)).toMatchObject({ reason: 'refused' });
    expect(remote.at(250)).toBeUndefined();
    expect(remote.block('refused', true, 250)).toEqual({ until: 750, reason: 'refused', isKnown: true });
  });

  it('that refuses us is tried less often', () => {
    expect(reachability().block('read only', false, 0)?.until).toBe(2000);
  });

  it('is not blocked twice at the same time', () => {
    const remote = reachability();
    remote.block('refused', true, 0);
    expect(remote.block('refused', true, 100)).toBeUndefined();
    expect(remote.at(249)).toBeDefined();
    expect(remote.at(250)).toBeUndefined();
  });

  it('is back after a session that went well, and starts from the beginning', () => {
    const remote = reachability();
    expect(remote.recover()).toBe(false);
    remote.block('refused', true, 0);
    expect(remote.recover()).toBe(true);
    expect(remote.at(0)).toBeUndefined();
    expect(remote.block('refused', true, 0)).toEqual({ until: 250, reason: 'refused', isKnown: false });
  });

  it('is looked at path by path for a number of failures in a row only', () => {
    const remote = reachability();
    const answers = Array.from({ length: 41 }, () => remote.mayGoOn());
    expect([answers.indexOf(false), answers.at(-1)]).toEqual([39, false]);
    remote.recover();
    expect(remote.mayGoOn()).toBe(true);
  });
});
