import { HOST } from './rsync-server.ts';

export interface DemoConfigParts {
  readonly tree: string;
  readonly user: string;
  readonly passwordFile: string;
  readonly port: number;
}

/** A confxml.xml as a user of sersync would write it. */
export function demoConfig({ tree, user, passwordFile, port }: DemoConfigParts): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<head version="2.5">
  <inotify>
    <delete start="true"/>
    <createFolder start="true"/>
    <createFile start="false"/>
    <closeWrite start="true"/>
    <moveFrom start="true"/>
    <moveTo start="true"/>
    <attrib start="true"/>
    <modify start="false"/>
  </inotify>
  <sersync>
    <localpath watch="${tree}">
      <remote ip="${HOST}" name="demo"/>
    </localpath>
    <rsync>
      <commonParams params="-artz"/>
      <auth start="true" users="${user}" passwordfile="${passwordFile}"/>
      <userDefinedPort start="true" port="${port}"/>
    </rsync>
  </sersync>
</head>
`;
}
