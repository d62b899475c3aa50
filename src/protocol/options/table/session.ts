import { type CompressChoice, checksumChoice, compressChoice } from '../algorithm-names.ts';
import {
  connection,
  type Draft,
  does,
  flag,
  idle,
  integer,
  type OptionGroup,
  unsupported,
} from '../draft.ts';
import { parseSocketOptions } from '../socket-options.ts';
import { passwordDigests } from '../transfer-options.ts';
import { badValue, parseBandwidth, parseChoice, parseInteger, parseSize } from '../values.ts';

const DEFAULT_MAX_ALLOC = 2 ** 30;
const FOR_SERVERS = 'it is for the side that rsync itself starts';
const FOR_DAEMONS = 'a daemon is not started with options of rsync';

export const speed: OptionGroup = {
  title: 'Checksums, compression and speed',
  options: [
    {
      names: ['checksum-choice', 'cc'],
      value: 'NAME',
      help: 'xxh128, xxh3, xxh64, md5, md4, sha1, none; two: transfer,list',
      effect: does(({ transfer }, of) => {
        const choice = checksumChoice(of.value.toLowerCase(), of.option);
        if (choice.split(',').every((name) => name === 'auto')) delete transfer.checksumChoice;
        else transfer.checksumChoice = choice;
      }),
    },
    {
      names: ['checksum-seed'],
      value: 'NUM',
      help: 'fix what is mixed into block checksums',
      effect: integer('checksumSeed'),
    },
    {
      names: ['compress'],
      letter: 'z',
      no: 'names and letter',
      help: 'compress file data; -zz: with zlibx',
      effect: does(
        (draft) => {
          draft.transfer.compress = true;
          draft.compressions += 1;
        },
        (draft) => {
          draft.transfer.compress = false;
          delete draft.transfer.compressChoice;
          draft.compressions = 0;
        },
      ),
    },
    {
      names: ['compress-choice', 'zc'],
      value: 'NAME',
      help: 'zstd, zlibx, zlib or none; implies -z',
      effect: does((draft, of) => {
        chooseCompression(draft, compressChoice(of.value.toLowerCase(), of.option));
      }),
    },
    {
      names: ['old-compress'],
      help: 'the same as --compress-choice=zlib',
      effect: does((draft) => chooseCompression(draft, 'zlib')),
    },
    {
      names: ['new-compress'],
      help: 'the same as --compress-choice=zlibx',
      effect: does((draft) => chooseCompression(draft, 'zlibx')),
    },
    {
      names: ['compress-level', 'zl'],
      value: 'NUM',
      help: 'how hard to compress; implies -z',
      effect: integer('compressLevel'),
    },
    {
      names: ['compress-threads', 'zt'],
      value: 'NUM',
      help: 'threads for compressing',
      effect: idle('one thread compresses', (of) => {
        parseInteger(of);
      }),
    },
    {
      names: ['skip-compress'],
      value: 'LIST',
      help: 'endings of files not worth compressing: gz/jpg/mp4',
      effect: does(({ transfer }, { value }) => {
        transfer.skipCompress = value.split('/').filter((suffix) => suffix !== '');
      }),
    },
    {
      names: ['bwlimit'],
      value: 'RATE',
      no: 'names',
      help: 'send at most this many KiB per second, or with a unit: 1.5m',
      effect: does(
        ({ transfer }, of) => {
          transfer.bwlimit = parseBandwidth(of);
        },
        ({ transfer }) => {
          transfer.bwlimit = 0;
        },
      ),
    },
    {
      names: ['timeout'],
      value: 'SECONDS',
      no: 'names',
      help: 'give up after this long without any data',
      effect: integer('timeout', { min: 0 }),
    },
    {
      names: ['stop-after', 'time-limit'],
      value: 'MINUTES',
      help: 'give up after this long',
      effect: integer('stopAfter', { min: 1 }),
    },
    {
      names: ['stop-at'],
      value: 'TIME',
      help: 'give up at this time',
      effect: unsupported('use --stop-after=MINUTES'),
    },
    {
      names: ['max-alloc'],
      value: 'SIZE',
      help: 'memory that the server may take at once (1g)',
      effect: does(({ transfer }, of) => {
        const bytes = parseSize(of);
        if (bytes > 0 && bytes < 2 ** 20) throw badValue(of, 'at least 1m, or 0 for no limit');
        if (bytes === DEFAULT_MAX_ALLOC) delete transfer.maxAlloc;
        else transfer.maxAlloc = of.value;
      }),
    },
    {
      names: ['qsort'],
      help: 'sort the file list with qsort(3)',
      effect: idle('the list comes out the same'),
    },
  ],
};

export const server: OptionGroup = {
  title: 'Connection',
  options: [
    {
      names: ['port'],
      value: 'PORT',
      help: 'port of the daemon (873); one in the URL wins',
      effect: does((draft, of) => {
        draft.connection.port = parseInteger(of, { min: 1, max: 0xffff });
      }),
    },
    {
      names: ['address'],
      value: 'ADDRESS',
      help: 'local address to connect from',
      effect: connection('address'),
    },
    {
      names: ['ipv4'],
      letter: '4',
      help: 'only IPv4',
      effect: does((draft) => {
        draft.connection.family = 4;
      }),
    },
    {
      names: ['ipv6'],
      letter: '6',
      help: 'only IPv6',
      effect: does((draft) => {
        draft.connection.family = 6;
      }),
    },
    {
      names: ['contimeout'],
      value: 'SECONDS',
      no: 'names',
      help: 'give up connecting after this long',
      effect: does(
        (draft, of) => {
          draft.connection.contimeout = parseInteger(of, { min: 0 });
        },
        (draft) => {
          draft.connection.contimeout = 0;
        },
      ),
    },
    {
      names: ['login-timeout'],
      isOurs: true,
      value: 'SECONDS',
      help: 'give up login and set-up after this long (300, or five times --timeout)',
      effect: does((draft, of) => {
        draft.connection.loginTimeout = parseInteger(of, { min: 0 });
      }),
    },
    {
      names: ['sockopts'],
      value: 'LIST',
      help: 'options for the socket: TCP_NODELAY=0,SO_KEEPALIVE=0',
      effect: {
        kind: 'set',
        apply: ({ connection }, { value }) => {
          const { noDelay, keepAlive } = parseSocketOptions(value);
          if (noDelay !== undefined) connection.noDelay = noDelay;
          if (keepAlive !== undefined) connection.keepAlive = keepAlive;
        },
        notes: ({ option, value }) =>
          parseSocketOptions(value).others.map(
            (name) => `${option}: ${name} has no effect: only TCP_NODELAY and SO_KEEPALIVE can be set here`,
          ),
      },
    },
    {
      names: ['least-digest'],
      isOurs: true,
      value: 'NAME',
      help: 'prove the password with nothing weaker: sha512, sha256, sha1, md5',
      effect: does(({ connection }, of) => {
        connection.leastDigest = parseChoice(of, passwordDigests);
      }),
    },
    {
      names: ['password-file'],
      value: 'FILE',
      help: 'the password is the first line of FILE (- is standard input)',
      effect: connection('passwordFile'),
    },
    {
      names: ['early-input'],
      value: 'FILE',
      help: "hand FILE to the daemon's early exec",
      effect: connection('earlyInput'),
    },
    { names: ['rsh'], letter: 'e', value: 'COMMAND', help: 'the remote shell', effect: connection('rsh') },
    {
      names: ['rsync-path'],
      value: 'PROGRAM',
      help: 'what the remote shell is to start',
      effect: idle('a daemon is reached without starting a program there'),
    },
    {
      names: ['blocking-io'],
      no: 'names',
      help: 'blocking I/O for the remote shell',
      effect: idle('a daemon is reached without a remote shell'),
    },
    {
      names: ['remote-option'],
      letter: 'M',
      value: 'OPTION',
      help: 'an option for the server alone',
      effect: does(({ transfer }, of) => {
        if (!of.value.startsWith('-')) throw badValue(of, 'an option: it must start with a dash');
        transfer.remoteOptions = [...(transfer.remoteOptions ?? []), of.value];
      }),
    },
    {
      names: ['secluded-args', 'protect-args'],
      letter: 's',
      no: 'names and letter',
      help: 'send the options behind the command line',
      effect: flag('secludedArgs'),
    },
    {
      names: ['old-args'],
      no: 'names',
      help: 'send arguments openly, whatever RSYNC_PROTECT_ARGS says',
      effect: does(
        (draft) => {
          draft.oldArgs = true;
        },
        (draft) => {
          draft.oldArgs = false;
        },
      ),
    },
    {
      names: ['trust-sender'],
      help: 'believe the file list of a server that sends',
      effect: idle('nothing is received'),
    },
    {
      names: ['protocol'],
      value: 'NUM',
      help: 'speak this version (27 to 32) or an older one',
      effect: integer('protocol'),
    },
    {
      names: ['iconv'],
      value: 'LOCAL,REMOTE',
      no: 'names',
      help: 'convert file names to another character set',
      effect: unsupported(
        'names are sent as they are; see --no-iconv',
        (charsets) => charsets === '-' || charsets === '',
      ),
    },
    { names: ['server'], help: 'be the remote side', effect: unsupported(FOR_SERVERS) },
    { names: ['sender'], help: 'be the remote side that sends', effect: unsupported(FOR_SERVERS) },
    { names: ['daemon'], help: 'be a daemon', effect: unsupported(FOR_DAEMONS) },
    {
      names: ['config'],
      value: 'FILE',
      help: 'configuration of the daemon',
      effect: unsupported(FOR_DAEMONS),
    },
    {
      names: ['dparam'],
      value: 'NAME=VALUE',
      help: 'parameter of the daemon',
      effect: unsupported(FOR_DAEMONS),
    },
    { names: ['detach'], no: 'names', help: 'run in the background', effect: unsupported(FOR_DAEMONS) },
  ],
};

function chooseCompression({ transfer }: Draft, name: CompressChoice): void {
  if (transfer.compress === false) delete transfer.compress;
  if (name === 'auto') delete transfer.compressChoice;
  else transfer.compressChoice = name;
}
