/** Where text goes; a closed one swallows it. */
export interface TextSink {
  write(bytes: Uint8Array): void;
}

/** What a command has of the world around it: a process for the program itself, buffers for tests. */
export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** A person looks at standard output. */
  readonly isTerminal: boolean;
  /** A person looks at standard error. */
  readonly isErrorTerminal?: boolean;
  /** Characters in a line of the terminal. */
  readonly columns?: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** The folder that relative paths are relative to. */
  readonly folder: string;
  readonly processId: number;
  readonly now: () => Date;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly askPassword: (() => Promise<string>) | undefined;
}

/** A command: takes its words, answers the exit code. It throws what keeps it from its work. */
export type Command = (words: readonly string[], io: CliIo) => Promise<number>;
