/** `2026/11/22 17:28:12`, in local time: in front of each line of a log, and for `%t`. */
export function formatMoment(date: Date): string {
  return `${formatDay(date)} ${formatTime(date)}`;
}

/** `2026/11/22-17:28:12`, in local time: the time of a file, for `%M`. */
export function formatFileTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${formatDay(date)}-${formatTime(date)}`;
}

function formatDay(date: Date): string {
  return [pad(date.getFullYear(), 4), pad(date.getMonth() + 1), pad(date.getDate())].join('/');
}

function formatTime(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(':');
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
