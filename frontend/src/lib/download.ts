/** Hands the reader a file made in the page. */

export function downloadBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the blob once the click returns; a beat later is safe everywhere.
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** The byte-order mark makes spreadsheets read the file as UTF-8. */
export function downloadCsv(name: string, csv: string): void {
  downloadBlob(name, new Blob(['\ufeff', csv], { type: 'text/csv;charset=utf-8' }));
}
