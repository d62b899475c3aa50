/** As `engines` of package.json has it. */
export const oldestNode = '22.22';

/** What is wrong with a version of Node.js, if it is too old. */
export function complaintAbout(version: string): string | undefined {
  const [major = 0, minor = 0] = numbersOf(version);
  const [leastMajor = 0, leastMinor = 0] = numbersOf(oldestNode);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `this is Node.js ${version}; tsersync needs ${oldestNode} or newer`;
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number);
}
