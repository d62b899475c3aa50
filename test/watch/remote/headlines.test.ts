import { expect, it } from 'vitest';
import { headlineOf } from '../../../src/watch/remote/headlines.ts';

it.each([
  ['ERR_RSYNC_CONNECTION', 'connection refused', 'the remote is out of reach'],
  ['ERR_RSYNC_CLOSED', 'closed the connection', 'the remote is out of reach'],
  ['ERR_RSYNC_TIMEOUT', 'silent for 30 seconds', 'the remote is out of reach'],
  ['ERR_RSYNC_AUTHENTICATION', 'auth failed on module secret', 'login refused'],
  ['ERR_RSYNC_UNKNOWN_MODULE', "Unknown module 'x'", 'no such module'],
  ['ERR_RSYNC_TOO_MANY_CONNECTIONS', 'max connections (1) reached', 'the module has no free connection'],
  ['ERR_RSYNC_REMOTE_EXIT', 'ERROR: module is read only', 'the module is read only'],
  [
    'ERR_RSYNC_REMOTE_EXIT',
    'write failed on "x": No space left on device (28)',
    'the disk of the remote is full',
  ],
  ['ERR_RSYNC_REMOTE_EXIT', 'The server is configured to refuse --compress', 'the remote refuses an option'],
  ['ERR_RSYNC_DAEMON', '@ERROR: chdir failed', "the module's folder is missing"],
  [
    'ERR_RSYNC_DAEMON',
    'h:873 closed the connection during the login: it may not be an rsync daemon',
    'the remote closed the connection during the login',
  ],
  [
    'ERR_RSYNC_SET_UP',
    'h:873 ended the connection before the transfer: it may not take these options',
    'the remote closed the connection before the transfer',
  ],
  [
    'ERR_RSYNC_REMOTE_EXIT',
    'rsync error: received SIGINT, SIGTERM, or SIGHUP (code 20) at io.c(586) [generator=3.5.0]',
    'the server was stopped',
  ],
  ['ERR_RSYNC_REMOTE_EXIT', 'something else', 'the remote ends every session'],
  ['ERR_RSYNC_USAGE', 'password file /x: it is empty', 'the password file cannot be used'],
  ['ERR_RSYNC_PROTOCOL', 'file index: 5', 'the remote cannot be understood'],
])('a remote with %s (%s) is called: %s %s', (code, message, headline) => {
  expect(headlineOf({ code, message })).toBe(headline);
});
