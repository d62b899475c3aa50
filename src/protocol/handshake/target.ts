export interface DaemonTarget {
  readonly kind: 'daemon';
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly module: string;
  readonly path: string;
}
