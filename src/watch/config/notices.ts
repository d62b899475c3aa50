import { parseOptions } from '../../protocol/index.ts';
import { checkParsedConfig } from './config-shape.ts';
import type { ParsedConfig } from './parse-config.ts';
import { followsLinks } from './settings.ts';

/**
 * What the text of a config asks for and does not get, or gets in another way than from sersync: a line each, by name.
 * What it leaves out is not spoken of.
 */
export function noticesOf(parsed: ParsedConfig): string[] {
  checkParsedConfig(parsed);
  return [...missing(parsed), ...different(parsed)];
}

function missing({ config: { sersync, tsersync }, places }: ParsedConfig): string[] {
  const { crontab, failLog, plugin } = sersync;
  return [
    ...(places.failLog === undefined
      ? []
      : [
          `<failLog>: ${failLog.path} is not written yet; what could not be sent is kept in memory and tried again`,
        ]),
    ...(crontab.isOn ? ['<crontab>: there is no schedule yet; -r sends everything once, at the start'] : []),
    ...(plugin.isOn ? [`<plugin name="${plugin.name}">: plugins are not run yet`] : []),
    ...(tsersync.status.isOn ? ['<status>: there is no status server yet'] : []),
  ];
}

function different({ config: { inotify, sersync, tsersync }, places }: ParsedConfig): string[] {
  const { transfer } = parseOptions(sersync.rsync.commonParams);
  return [
    ...(places.commonParams !== undefined && transfer.update === true && !tsersync.update.isForEvents
      ? ['-u in commonParams: holds when everything is sent; a change is sent even over a newer file']
      : []),
    ...(followsLinks(transfer)
      ? [
          '-L, -k and --copy-unsafe-links: what changes behind a symlink is sent when the link does, or everything',
        ]
      : []),
    ...(places.attrib === undefined || inotify.attrib.isOn
      ? []
      : [
          '<attrib start="false"/>: attributes are kept equal all the same; Node does not tell them from writes',
        ]),
  ];
}
