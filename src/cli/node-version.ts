/** As `engines` of package.json has it. */
export const oldestNode = '22.22';

/** What is wrong with a version of Node.js, if it is too old. */
export function complaintAbout(version: string): string | undefined {
  const [major = 0, minor = 0] = numbersOf(version);
  const [minMajor = 0, minMinor = 0] = numbersOf(oldestNode);
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return undefined;
  return `this is Node.js ${version}; tsersync needs ${oldestNode} or newer`;
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number);
}
