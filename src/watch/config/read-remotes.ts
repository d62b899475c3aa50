import type { ConfigElement } from './element.ts';
import { shown } from './look-alikes.ts';
import type { Remote, RsyncSettings } from './sersync-config.ts';
import { requiredText, requiredWord, withoutEndSlashes } from './values.ts';

/** A name or an IPv4 address, or one of IPv6, which rsync would want in brackets. Never an option: no `-` in front. */
const HOST = /^(?:[^\s:/@[\]-][^\s:/@[\]]*|\[[\da-f:.]+(?:%\w+)?\]|[\da-f]*:[\da-f]*:[\da-f:.]*(?:%\w+)?)$/i;
const HOST_AND_PORT = /^[^:]+:\d*$/;
const USER = /^[^\s:@-][^\s:@]*$/;

/** The remotes of `<localpath>`: at least one, and no two the same. */
export function readRemotes(localpath: ConfigElement, rsync: RsyncSettings): Remote[] {
  const seen = new Map<string, ConfigElement>();
  return localpath.requiredChildren('remote').map((element) => {
    const remote = readRemote(element, rsync);
    const { user = '', host, name } = remote;
    const identity = `${user}@${host.toLowerCase()}::${withoutEndSlashes(name)}`;
    const first = seen.get(identity);
    if (first !== undefined)
      throw element.error(`the remote ${host}::${name} stands twice`, `the first is in line ${first.line}`);
    seen.set(identity, element);
    return remote;
  });
}

function readRemote(element: ConfigElement, { auth, ssh }: RsyncSettings): Remote {
  const { host, user } = readHost(element);
  const name = requiredText(element, 'name');
  if (user !== undefined && auth.isOn)
    throw element.error(
      `<remote>: two users, ${user} and ${auth.user}`,
      'keep one of ip="user@..." and <auth>',
    );
  if (!ssh.isOn && name.startsWith('/')) {
    const problem = 'name is a path, but without ssh it must be a module';
    throw element
      .requiredAttribute('name')
      .error(problem, 'write the name of the module, or <ssh start="true"/>');
  }
  return { host, name, user: user ?? (auth.isOn ? auth.user : undefined) };
}

/** `ip` as rsync takes it in front of `::`. */
function readHost(element: ConfigElement): { host: string; user: string | undefined } {
  const value = requiredWord(element, 'ip');
  const ip = element.requiredAttribute('ip');
  const at = value.lastIndexOf('@');
  const user = at === -1 ? undefined : value.slice(0, at);
  const host = value.slice(at + 1);
  // A user that is none may be followed by a password, which must not be shown.
  if (user !== undefined && !USER.test(user))
    throw ip.error(
      'ip: no user in front of the @',
      'write user@host, and the password into the password file',
    );
  if (HOST.test(host)) return { host: host.replace(/^\[|\]$/g, ''), user };
  const remedy = HOST_AND_PORT.test(host)
    ? 'a port is written <userDefinedPort start="true" port="..."/>'
    : 'write a name or an address; a module is written name="..."';
  throw ip.error(`ip: ${shown(host)} is not a host`, remedy);
}
