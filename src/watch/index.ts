export { checkConfig } from './config/check-config.ts';
export { ConfigError, type ConfigNote, type ConfigPlace } from './config/config-error.ts';
export { describeConfig, describeRemote } from './config/describe-config.ts';
export { noticesOf } from './config/notices.ts';
export { type ConfigPlaces, type ParsedConfig, parseConfig, readConfig } from './config/parse-config.ts';
export { MAX_LANES, type ReplicatorOptions } from './config/replicator-options.ts';
export type * from './config/sersync-config.ts';
export { pluginNames } from './config/sersync-config.ts';
export type { SettleTimes } from './config/settings.ts';
export { type RemoteSettings, type ReplicatorSettings, settingsOf } from './config/settings.ts';
export { type TargetConflict, targetConflicts } from './config/targets.ts';
export type { EventFilterRules } from './filter/event-filter.ts';
export type { PathMatch, PathPattern, PatternKind } from './filter/path-pattern.ts';
export type {
  BatchReport,
  EventData,
  EventName,
  ReplicatorEvent,
  ReplicatorEvents,
  ReplicatorState,
} from './listeners/events.ts';
export type { Log } from './listeners/log.ts';
export type { Failure } from './remote/backlog.ts';
export type { RemoteStatus } from './remote/remote-status.ts';
export {
  type Replicator,
  type ReplicatorStatus,
  startReplicator,
} from './replicator.ts';
