/**
 * What the other parts of this package need besides the public API. The package does not export it: it may change with
 * any version.
 */
export { checkBytes, checkList, checkObject, checkText } from './arguments.ts';
export { digestLengths } from './checksum/strong.ts';
export { PathFilter } from './client/path-filter.ts';
export { readPasswordFile } from './connect/password-file.ts';
export { withoutShell } from './connect/target.ts';
export { systemReason } from './named-files/named-file-error.ts';
export { openNamedForAppending } from './named-files/open-named.ts';
export { type ReadNamed, readNamed, readNamedFile, withPipes } from './named-files/read-named.ts';
export { type DebugLevels, debugLevels, refuseUnshown } from './options/debug-levels.ts';
export { checkFields, type FieldChecks, isFlag, isWhole } from './options/field-checks.ts';
export { helpText, wrapText } from './options/help-text.ts';
export { type InfoLevels, infoLevels } from './options/info-levels.ts';
export { debugFlags, type InfoFlag, infoFlags } from './options/message-flags.ts';
export { type GivenOption, optionsIn } from './options/parse-options.ts';
export { resolveOptions } from './options/resolve-options.ts';
export { nearest } from './options/suggestion.ts';
export { hasChanges, ITEMIZED_DELETION } from './roles/itemize.ts';
export { systemPath } from './wire/file-name.ts';
export { isPlainPath } from './wire/plain-path.ts';
