/** The names that may stand in one element. */
export interface Vocabulary {
  readonly attributes: readonly string[];
  readonly children: Readonly<Record<string, Vocabulary>>;
}

function element(attributes: readonly string[], children: Vocabulary['children'] = {}): Vocabulary {
  return { attributes, children };
}

const onOff = element(['start']);

/**
 * Every element and attribute of a confxml.xml, sersync's and our own. All four kinds of `<plugin>` share one entry.
 *
 * Source: sersync 2.5.4, docs/migrating-from-sersync.md.
 */
export const vocabulary: Vocabulary = element([], {
  head: element(['version'], {
    host: element(['hostip', 'port']),
    debug: onOff,
    fileSystem: element(['xfs']),
    filter: element(['start'], { exclude: element(['expression']) }),
    inotify: element([], {
      delete: onOff,
      createFolder: onOff,
      createFile: onOff,
      closeWrite: onOff,
      moveFrom: onOff,
      moveTo: onOff,
      attrib: onOff,
      modify: onOff,
    }),
    sersync: element([], {
      localpath: element(['watch'], { remote: element(['ip', 'name']) }),
      rsync: element([], {
        commonParams: element(['params']),
        auth: element(['start', 'users', 'passwordfile']),
        userDefinedPort: element(['start', 'port']),
        timeout: element(['start', 'time']),
        ssh: onOff,
      }),
      failLog: element(['path', 'timeToExecute']),
      crontab: element(['start', 'schedule'], {
        crontabfilter: element(['start'], { exclude: element(['expression']) }),
      }),
      plugin: element(['start', 'name']),
    }),
    plugin: element(['name'], {
      param: element(['prefix', 'suffix', 'ignoreError']),
      filter: element(['start'], { include: element(['expression']) }),
      localpath: element(['watch'], {
        deshost: element(['ip', 'port', 'url']),
        cdninfo: element(['domainname', 'port', 'username', 'passwd']),
        sendurl: element(['base']),
        regexurl: element(['regex', 'match']),
      }),
    }),
    tsersync: element([], {
      status: element(['start', 'token']),
      ignoreHidden: onOff,
      ignoreTemporary: onOff,
      settle: element(['quietMs', 'maxMs']),
      update: element(['events']),
    }),
  }),
});

/** What is known about a name, wherever it stands. */
export interface KnownElement {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly parents: readonly string[];
  readonly hasChildren: boolean;
}

export const knownElements: ReadonlyMap<string, KnownElement> = collect(vocabulary, undefined, new Map());

function collect({ children }: Vocabulary, parent: string | undefined, known: Map<string, KnownElement>) {
  for (const [name, entry] of Object.entries(children)) {
    const before = known.get(name);
    known.set(name, {
      name,
      attributes: [...new Set([...(before?.attributes ?? []), ...entry.attributes])],
      parents: [...(before?.parents ?? []), ...(parent === undefined ? [] : [parent])],
      hasChildren: before?.hasChildren === true || Object.keys(entry.children).length > 0,
    });
    collect(entry, name, known);
  }
  return known;
}
