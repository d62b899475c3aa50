import type { ConfigElement } from './element.ts';
import { readPattern, readPatterns } from './read-patterns.ts';
import { pluginNameOf } from './read-sync.ts';
import type {
  CommandPlugin,
  HttpPlugin,
  PluginChoice,
  PluginSettings,
  RefreshCdnPlugin,
  SocketPlugin,
} from './sersync-config.ts';
import { isOn, parseWith, portOf, requiredFolder, requiredWord, secretOf, textOf } from './values.ts';
import { splitWords } from './words.ts';

/** The `<plugin>` elements of the head; the one that `<sersync>` chose must be there. */
export function readPlugins(head: ConfigElement, choice: PluginChoice): PluginSettings[] {
  const seen = new Map<string, ConfigElement>();
  const plugins = head.all('plugin').flatMap((element): PluginSettings[] => {
    const isUsed = choice.isOn && element.attribute('name')?.value === choice.name;
    return element.source.whenUsed(isUsed, () => [readPlugin(element, seen)], []);
  });
  if (choice.isOn && !plugins.some(({ name }) => name === choice.name)) {
    const chosen = head.child('sersync')?.child('plugin') ?? head;
    throw chosen.error(
      `<plugin>: no plugin ${choice.name} in the file`,
      `add <plugin name="${choice.name}"> to <head>`,
    );
  }
  return plugins;
}

function readPlugin(element: ConfigElement, seen: Map<string, ConfigElement>): PluginSettings {
  const name = pluginNameOf(element);
  const first = seen.get(name);
  if (first !== undefined)
    throw element.error(
      `the plugin ${name} stands twice`,
      `the first is in line ${first.line}; keep one of them`,
    );
  seen.set(name, element);
  switch (name) {
    case 'command':
      return readCommand(element);
    case 'socket':
      return readSocket(element.requiredChild('localpath'));
    case 'http':
      return readHttp(element.requiredChild('localpath'));
    case 'refreshCDN':
      return readRefreshCdn(element.requiredChild('localpath'));
  }
}

function readCommand(plugin: ConfigElement): CommandPlugin {
  const param = plugin.requiredChild('param');
  const filter = plugin.child('filter');
  const isFilterOn = isOn(filter);
  return {
    name: 'command',
    prefix: wordsOf(param, 'prefix'),
    suffix: wordsOf(param, 'suffix'),
    ignoresError: isOn(param, 'ignoreError'),
    filter: { isOn: isFilterOn, includes: readPatterns(filter, 'include', isFilterOn) },
  };
}

function wordsOf(param: ConfigElement, name: string): string[] {
  const attribute = param.attribute(name);
  return attribute === undefined ? [] : parseWith(attribute, splitWords);
}

function readSocket(localpath: ConfigElement): SocketPlugin {
  const deshost = localpath.requiredChild('deshost');
  return {
    name: 'socket',
    localPath: requiredFolder(localpath, 'watch'),
    host: requiredWord(deshost, 'ip'),
    port: portOf(deshost, 8009),
  };
}

function readHttp(localpath: ConfigElement): HttpPlugin {
  const deshost = localpath.requiredChild('deshost');
  const attribute = deshost.requiredAttribute('url');
  const url = requiredWord(deshost, 'url');
  // The address itself may hold a password.
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw attribute.error('url is not an address of the web', 'write url="http://host/path"');
  return { name: 'http', localPath: requiredFolder(localpath, 'watch'), url, port: portOf(deshost, 80) };
}

function readRefreshCdn(localpath: ConfigElement): RefreshCdnPlugin {
  const info = localpath.requiredChild('cdninfo');
  const regexUrl = localpath.child('regexurl');
  const isRegexOn = regexUrl !== undefined && isOn(regexUrl, 'regex');
  return {
    name: 'refreshCDN',
    localPath: requiredFolder(localpath, 'watch'),
    domainName: requiredWord(info, 'domainname'),
    port: portOf(info, 80),
    username: textOf(info, 'username', ''),
    password: secretOf(info, 'passwd'),
    baseUrl: requiredWord(localpath.requiredChild('sendurl'), 'base'),
    regexUrl: isRegexOn ? readPattern(regexUrl, 'match', 'part') : undefined,
  };
}
