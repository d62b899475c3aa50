export { ConfigError, type ConfigNote, type ConfigPlace } from './config/config-error.ts';
export { describeConfig, describeRemote } from './config/describe-config.ts';
export { type ParsedConfig, parseConfig, readConfig } from './config/parse-config.ts';
export type { PathMatch, PathPattern } from './config/path-pattern.ts';
export type * from './config/sersync-config.ts';
export { pluginNames } from './config/sersync-config.ts';
