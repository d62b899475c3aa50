import { nearest } from '../../protocol/internal.ts';
import { readCommonParams } from './common-params.ts';
import type { ConfigElement } from './element.ts';
import { shown } from './look-alikes.ts';
import { readCrontabFilter } from './read-patterns.ts';
import { readRemotes } from './read-remotes.ts';
import {
  type AuthSettings,
  type CrontabSettings,
  type FailLogSettings,
  type PluginChoice,
  type PluginName,
  pluginNames,
  type RsyncSettings,
  type SyncSettings,
} from './sersync-config.ts';
import { integerOf, isOn, portOf, requiredFolder, requiredText, requiredWord, textOf } from './values.ts';

const YEAR_IN_MINUTES = 525_600;
const MAX_INT32 = 2 ** 31 - 1;

/** `<sersync>` and all it holds. */
export function readSyncSettings(sersync: ConfigElement): SyncSettings {
  const localpath = sersync.requiredChild('localpath');
  const rsync = readRsync(sersync.child('rsync'));
  return {
    localPath: requiredFolder(localpath, 'watch'),
    remotes: readRemotes(localpath, rsync),
    rsync,
    failLog: readFailLog(sersync.child('failLog')),
    crontab: readCrontab(sersync.child('crontab')),
    plugin: readPluginChoice(sersync.child('plugin')),
  };
}

function readRsync(rsync: ConfigElement | undefined): RsyncSettings {
  const params = rsync?.child('commonParams')?.attribute('params');
  const port = rsync?.child('userDefinedPort');
  const timeout = rsync?.child('timeout');
  const ssh = { isOn: isOn(rsync?.child('ssh')) };
  const isPortOn = isOn(port);
  const isTimeoutOn = isOn(timeout);
  if (ssh.isOn && isPortOn) port?.note('<userDefinedPort> is that of a daemon and means nothing to ssh');
  return {
    commonParams: params === undefined ? ['-artuz'] : readCommonParams(params),
    auth: readAuth(rsync?.child('auth')),
    userDefinedPort: {
      isOn: isPortOn,
      port: whenOn(port, isPortOn, () => portOf(port, 874), 874),
    },
    timeout: {
      isOn: isTimeoutOn,
      timeoutSeconds: whenOn(timeout, isTimeoutOn, () => readSeconds(timeout), 100),
    },
    ssh,
  };
}

function readSeconds(timeout: ConfigElement | undefined): number {
  return integerOf(timeout, 'time', { min: 1, max: MAX_INT32, fallback: 100 });
}

function whenOn<T>(element: ConfigElement | undefined, isUsed: boolean, read: () => T, fallback: T): T {
  return element === undefined ? fallback : element.source.whenUsed(isUsed, read, fallback);
}

function readAuth(auth: ConfigElement | undefined): AuthSettings {
  if (auth === undefined || !isOn(auth)) {
    return {
      isOn: false,
      user: textOf(auth, 'users', 'root'),
      passwordFile: textOf(auth, 'passwordfile', '/etc/rsync.pas'),
    };
  }
  const user = requiredWord(auth, 'users');
  // What stands behind a : may be a password, so the value is not shown.
  if (/[:@]/.test(user))
    throw auth
      .requiredAttribute('users')
      .error('users: no : or @ in a user', 'the password stands in the password file');
  const passwordFile = requiredText(auth, 'passwordfile');
  if (!passwordFile.startsWith('/'))
    auth
      .attribute('passwordfile')
      ?.note(`passwordfile is relative to the watched folder: ${shown(passwordFile)}`);
  return { isOn: true, user, passwordFile };
}

function readFailLog(failLog: ConfigElement | undefined): FailLogSettings {
  return {
    path: textOf(failLog, 'path', '/tmp/rsync_fail_log.sh'),
    retryMinutes: integerOf(failLog, 'timeToExecute', { min: 1, max: YEAR_IN_MINUTES, fallback: 60 }),
  };
}

function readCrontab(crontab: ConfigElement | undefined): CrontabSettings {
  const isCrontabOn = isOn(crontab);
  const read = () => integerOf(crontab, 'schedule', { min: 1, max: YEAR_IN_MINUTES, fallback: 600 });
  return {
    isOn: isCrontabOn,
    intervalMinutes: whenOn(crontab, isCrontabOn, read, 600),
    filter: readCrontabFilter(crontab?.child('crontabfilter')),
  };
}

function readPluginChoice(plugin: ConfigElement | undefined): PluginChoice {
  if (plugin === undefined || !isOn(plugin)) {
    const name = plugin?.attribute('name')?.value;
    return { isOn: false, name: pluginNames.find((known) => known === name) };
  }
  return { isOn: true, name: pluginNameOf(plugin) };
}

export function pluginNameOf(plugin: ConfigElement): PluginName {
  const attribute = plugin.requiredAttribute('name');
  const name = pluginNames.find((known) => known === attribute.value);
  if (name !== undefined) return name;
  const near = nearest(attribute.value, pluginNames);
  const remedy = near === undefined ? `there are ${pluginNames.join(', ')}` : `probably meant: ${near}`;
  throw attribute.error(`unknown plugin ${shown(attribute.value)}`, remedy);
}
