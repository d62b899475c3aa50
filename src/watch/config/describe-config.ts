import { checkObject, checkText } from '../../protocol/internal.ts';
import { checkConfigShape } from './config-shape.ts';
import type { Remote, SersyncConfig } from './sersync-config.ts';

/** The lines that tell at the start what is on. They hold no password and no token. */
export function describeConfig(config: SersyncConfig): string[] {
  checkConfigShape(config);
  const { sersync, filter } = config;
  const lines = [
    `status server: ${describeStatus(config)}`,
    `watched folder: ${sersync.localPath}`,
    `acts on: ${describeInotify(config)}`,
    ...sersync.remotes.map((remote) => `remote: ${describeRemote(remote, sersync.rsync.ssh.isOn)}`),
    `options: ${describeOptions(config)}`,
    `built-in filter: ${describeBuiltIn(config)}`,
    `filter: ${filter.isOn ? count(filter.excludes.length, 'expression') : 'off'}`,
    `crontab: ${describeCrontab(config)}`,
    `plugin: ${sersync.plugin.isOn ? sersync.plugin.name : 'off'}`,
    `debug: ${onOff(config.debug.isOn)}`,
  ];
  return lines.filter((line) => !line.endsWith(': off'));
}

/** As rsync writes it: `user@host::module`, with ssh `user@host:path`. */
export function describeRemote(remote: Remote, isSsh: boolean): string {
  checkObject(remote, 'remote');
  const { user, host, name } = remote;
  checkText(host, 'host');
  const address = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${address}${isSsh ? ':' : '::'}${name}`;
}

function describeStatus({ host, tsersync: { status } }: SersyncConfig): string {
  if (!status.isOn) return 'off';
  const ip = host.ip.includes(':') && !host.ip.startsWith('[') ? `[${host.ip}]` : host.ip;
  return `http://${ip}:${host.port}/, ${status.token === undefined ? 'no token' : 'with a token'}`;
}

function describeInotify({ inotify }: SersyncConfig): string {
  const on = Object.entries(inotify).flatMap(([name, { isOn }]) => (isOn ? [name] : []));
  return on.length === 0 ? 'nothing' : on.join(', ');
}

function describeOptions({ sersync: { rsync } }: SersyncConfig): string {
  const { auth, userDefinedPort, timeout, ssh } = rsync;
  const options = withoutRemoteShell(rsync.commonParams);
  if (ssh.isOn) options.push('-e ssh');
  if (userDefinedPort.isOn) options.push(`--port=${userDefinedPort.port}`);
  if (timeout.isOn) options.push(`--timeout=${timeout.timeoutSeconds}`);
  if (auth.isOn) options.push(`--password-file=${auth.passwordFile}`);
  return options.join(' ');
}

/** The command of a remote shell may hold a password: `-e "sshpass -p secret ssh"`. */
function withoutRemoteShell(words: readonly string[]): string[] {
  return words.map((word, index) => {
    if (/^-\w*e$/.test(words[index - 1] ?? '') || words[index - 1] === '--rsh') return '...';
    return word.replace(/^(--rsh=|-\w*?e(?=.)).*/, '$1...');
  });
}

function describeBuiltIn({ tsersync: { ignoreHidden, ignoreTemporary } }: SersyncConfig): string {
  const left = [...(ignoreHidden.isOn ? ['.*'] : []), ...(ignoreTemporary.isOn ? ['*~', '4913'] : [])];
  return left.length === 0 ? 'off' : `on, files named ${left.join(' ')} are left out`;
}

function describeCrontab({ sersync: { crontab } }: SersyncConfig): string {
  if (!crontab.isOn) return 'off';
  const { isOn, excludes } = crontab.filter;
  const without = isOn ? `, without ${count(excludes.length, 'pattern')}` : '';
  return `a full sync every ${crontab.intervalMinutes} minutes${without}`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}
