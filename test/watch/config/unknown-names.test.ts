import { describe, expect, it } from 'vitest';
import { notesOf } from '../../support/confxml.ts';

describe('an unknown name is noted with the one that was probably meant:', () => {
  it.each([
    [
      { rsync: '<comonParams params="-a"/>' },
      '7:1: unknown element <comonParams> in <rsync>; probably meant: <commonParams>',
    ],
    [{ rsync: '<SSH start="true"/>' }, '7:1: unknown element <SSH> in <rsync>; probably meant: <ssh>'],
    [
      { rsync: '<remote ip="h" name="m"/>' },
      '7:1: unknown element <remote> in <rsync>; it belongs in <localpath>',
    ],
    [
      { rsync: '<exclude expression="a"/>' },
      '7:1: unknown element <exclude> in <rsync>; it belongs in <filter> or <crontabfilter>',
    ],
    [
      { rsync: '<cronttab start="true"/>' },
      '7:1: unknown element <cronttab> in <rsync>; probably meant: <crontab>',
    ],
    [{ rsync: '<bandwidth limit="5"/>' }, '7:1: unknown element <bandwidth> in <rsync>'],
    [{ rsync: '<head/>' }, '7:1: unknown element <head> in <rsync>'],
    [{ rsync: '<constructor/>' }, '7:1: unknown element <constructor> in <rsync>'],
    [{ rsync: '<toString a="1"><__proto__/></toString>' }, '7:1: unknown element <toString> in <rsync>'],
    [
      { head: '<tsersync><dotFiles start="true"/></tsersync>' },
      '3:11: unknown element <dotFiles> in <tsersync>',
    ],
    [
      { rsync: '<commonParams param="-a"/>' },
      '7:15: unknown attribute param in <commonParams>; probably meant: params="..."',
    ],
    [
      { rsync: '<auth start="false" user="root"/>' },
      '7:21: unknown attribute user in <auth>; probably meant: users="..."',
    ],
    [
      { rsync: '<timeout start="false" seconds="5"/>' },
      '7:24: unknown attribute seconds in <timeout>; it has start, time',
    ],
    [{ head: '<tsersync start="true"/>' }, '3:11: unknown attribute start in <tsersync>; it has none'],
    [
      { rsync: '<ssh start="false" __proto__="x"/>' },
      '7:20: unknown attribute __proto__ in <ssh>; it has start',
    ],
  ])('%j', (parts, note) => {
    expect(notesOf(parts)).toEqual([note]);
  });
});
