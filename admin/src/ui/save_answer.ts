// Keeps the bytes of an answer as a file of the person's: an address alone would not carry the session's token.
const kKeptMs = 60_000;

export async function saveAnswer(answer: Response, name: string) {
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kKeptMs);
}
