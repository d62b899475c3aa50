import type { ConfigElement } from './element.ts';
import type { HostSettings, OwnSettings, SettleSettings, StatusSettings } from './sersync-config.ts';
import { integerOf, isOn, portOf, secretOf, wordOf } from './values.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/i;
const DAY_IN_MS = 86_400_000;

/** `<tsersync>`, which sersync does not know, and `<host>`, which it did not use. */
export function readOwn(head: ConfigElement): { host: HostSettings; tsersync: OwnSettings } {
  const tsersync = head.child('tsersync');
  const status = readStatus(tsersync?.child('status'));
  return {
    host: readHost(head, status),
    tsersync: {
      status,
      ignoreHidden: { isOn: isOn(tsersync?.child('ignoreHidden'), 'start', true) },
      ignoreTemporary: { isOn: isOn(tsersync?.child('ignoreTemporary'), 'start', true) },
      settle: readSettle(tsersync?.child('settle')),
      update: { isForEvents: isOn(tsersync?.child('update'), 'events') },
    },
  };
}

function readStatus(status: ConfigElement | undefined): StatusSettings {
  const token = secretOf(status, 'token');
  return { isOn: isOn(status), token: token === '' ? undefined : token };
}

function readHost(head: ConfigElement, status: StatusSettings): HostSettings {
  const fallback = { ip: 'localhost', port: 8008 };
  const host = head.child('host');
  if (host === undefined) return fallback;
  const read = () => {
    const ip = wordOf(host, 'hostip', fallback.ip);
    if (status.isOn && status.token === undefined && !LOOPBACK.test(ip))
      throw host.error(
        `<host>: the status server would be open to all at ${ip}`,
        'add <status token="..."> or hostip="localhost"',
      );
    return { ip, port: portOf(host, fallback.port) };
  };
  return host.source.whenUsed(status.isOn, read, fallback);
}

function readSettle(settle: ConfigElement | undefined): SettleSettings {
  const quietMs = integerOf(settle, 'quietMs', { min: 0, max: DAY_IN_MS, fallback: 5 });
  const maxMs = { min: Math.max(1, quietMs), max: DAY_IN_MS, fallback: Math.max(2000, quietMs) };
  return { quietMs, maxMs: integerOf(settle, 'maxMs', maxMs) };
}
