/** Where the replicator tells what it does. A pino logger fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that never throws into the work that it tells of. */
export function safeLog(log: Log, onThrow: (thrown: unknown) => void = () => {}): Log {
  const level = (name: keyof Log) => (fields: object, message: string) => {
    try {
      log[name](fields, message);
    } catch (thrown) {
      onThrow(thrown);
    }
  };
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
}

export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
