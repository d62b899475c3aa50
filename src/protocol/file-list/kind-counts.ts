import { isDevice, isDirectory, isRegular, isSymlink } from './file-mode.ts';

/** How many entries of each kind there are. */
export interface KindCounts {
  readonly files: number;
  readonly folders: number;
  readonly symlinks: number;
  readonly devices: number;
  readonly specials: number;
}

/** Counts entries by the type bits of their modes. */
export class KindCounter implements KindCounts {
  files = 0;
  folders = 0;
  symlinks = 0;
  devices = 0;
  specials = 0;

  count(mode: number): void {
    if (isRegular(mode)) this.files += 1;
    else if (isDirectory(mode)) this.folders += 1;
    else if (isSymlink(mode)) this.symlinks += 1;
    else if (isDevice(mode)) this.devices += 1;
    else this.specials += 1;
  }

  get counts(): KindCounts {
    const { files, folders, symlinks, devices, specials } = this;
    return { files, folders, symlinks, devices, specials };
  }
}
