import push from '../../fixtures/args/push.json' with { type: 'json' };
import refused from '../../fixtures/args/refused.json' with { type: 'json' };

interface CommandLine {
  readonly options: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The path behind `rsync://HOST/`; `mod/dst/` if none is given. */
  readonly destination?: string;
}

/** What the real client sends for a command line; see scripts/record-args.ts. */
export interface PushCase extends CommandLine {
  readonly arguments: readonly string[];
  readonly secluded?: readonly string[];
  /** Why we differ: then `ours` or `refused` is what we do. */
  readonly reason?: string;
  readonly ours?: readonly string[];
  /** Exit code with which we refuse it. */
  readonly refused?: number;
}

/** How the real client refuses a command line. */
export interface RefusedCase extends CommandLine {
  readonly exitCode: number;
  readonly firstLine: string;
  /** Why our exit code is another one, which then is `ours`. */
  readonly reason?: string;
  readonly ours?: number;
}

export const pushCases = push.cases as readonly PushCase[];
export const refusedCases = refused.cases as readonly RefusedCase[];

/** The command line of a case, for the name of its test. */
export function caseName({ options, environment, destination }: CommandLine): string {
  const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}`);
  return [...variables, ...options, ...(destination === undefined ? [] : [destination])].join(' ');
}
