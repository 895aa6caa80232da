// Gives bytes that the page has to the browser as a download.
const kKeepMs = 60_000; // the browser reads them after the click

export function saveBlob(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kKeepMs);
}
