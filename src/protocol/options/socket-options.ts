/** What of a list for `--sockopts` can be set on a socket of Node.js, and the names of the rest. */
export interface SocketOptions {
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  readonly others: readonly string[];
}

/** `NAME` or `NAME=NUMBER`, separated by commas or blanks; 0 switches off. */
export function parseSocketOptions(list: string): SocketOptions {
  const switches: { noDelay?: boolean; keepAlive?: boolean } = {};
  const others: string[] = [];
  for (const word of list.split(/[\s,]+/).filter((one) => one !== '')) {
    const [name = '', value = '1'] = word.split('=');
    const isOn = (Number.parseInt(value, 10) || 0) !== 0;
    if (name === 'TCP_NODELAY') switches.noDelay = isOn;
    else if (name === 'SO_KEEPALIVE') switches.keepAlive = isOn;
    else others.push(name);
  }
  return { ...switches, others };
}
