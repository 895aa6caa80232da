// What is in a file, without running any of it: an image as an image, JSON and text as text. HTML is text here.
import { useQuery } from '@tanstack/react-query';
import { send } from '../../api/client';
import { sayRefusal } from '../../api/hooks';
import type { FileEntry } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { Code } from '../../ui/code';
import { coho } from '../../ui/command';
import { Dialog } from '../../ui/dialog';
import { bytes } from '../../ui/format';
import { Button, Command, Empty, Show } from '../../ui/kit';
import { isPicture, Picture } from '../../ui/picture';
import { saveAnswer } from '../../ui/save';

const kTextMax = 512 << 10;
const kImageMax = 32 << 20;

type Kind = 'image' | 'json' | 'text' | 'none';

const typeOf = ({ contentType }: FileEntry) => (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function kindOf(file: FileEntry): Kind {
  const type = typeOf(file);
  if (isPicture(type)) return 'image';
  if (type === 'application/json' || type.endsWith('+json') || file.name.endsWith('.json')) return 'json';
  if (type.startsWith('text/') || /^application\/(javascript|xml|x-ndjson|yaml|toml|sql)$|\+xml$/.test(type)) return 'text';
  return 'none';
}

export function Preview({ file, close }: { file: FileEntry | null; close: () => void }) {
  return (
    <Dialog title={file?.name ?? ''} open={file !== null} close={close} wide>
      {file && <Content key={file.path} file={file} />}
    </Dialog>
  );
}

function Content({ file }: { file: FileEntry }) {
  const { at } = useSpace();
  const kind = kindOf(file);
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap gap-x-4 text-xs text-muted">
        <span>{bytes(file.size)}</span>
        <span className="font-mono">{file.contentType}</span>
        <span className="font-mono break-all">{file.path}</span>
      </p>
      {kind === 'none' || (kind === 'image' && file.size > kImageMax) ? (
        <Empty title="This is not shown here.">
          <p>Download it to see what is in it.</p>
        </Empty>
      ) : kind === 'image' ? (
        <Image file={file} />
      ) : (
        <Text file={file} isJson={kind === 'json'} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => void saveAnswer(file.name, (signal) => send('file.read', { ...at, path: file.path }, { signal })).catch(sayRefusal)}>Download</Button>
      </div>
      <Command>{coho(at, 'files', 'get', file.path)}</Command>
    </div>
  );
}

function useFile(file: FileEntry, as: string, read: (answer: Response) => Promise<string | Blob>) {
  const { at } = useSpace();
  return useQuery({
    queryKey: ['file.read', as, at, file.path, file.modified],
    queryFn: async ({ signal }) => read(await send('file.read', { ...at, path: file.path }, { signal })),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

function Image({ file }: { file: FileEntry }) {
  const query = useFile(file, 'blob', (answer) => answer.blob());
  return <Show query={query}>{(blob) => blob instanceof Blob && <Picture blob={blob} type={typeOf(file)} alt={`Preview of ${file.name}`} />}</Show>;
}

// The beginning, when it is long: the rest is not fetched.
async function beginningOf(answer: Response): Promise<string> {
  const pieces = (answer.body ?? new Blob([]).stream()).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let piece = await pieces.read(); !piece.done && text.length < kTextMax; piece = await pieces.read()) {
    text += decoder.decode(piece.value, { stream: true });
  }
  await pieces.cancel();
  return text;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Text({ file, isJson }: { file: FileEntry; isJson: boolean }) {
  const query = useFile(file, 'text', beginningOf);
  const isWhole = file.size <= kTextMax;
  return (
    <Show query={query}>
      {(text) => (
        <>
          {!isWhole && <p className="text-warn">This is its beginning; download it for the rest.</p>}
          <Code
            label={`Content of ${file.name}`}
            json={isJson}
            value={isJson && isWhole ? indented(String(text)) : String(text)}
            height="min(55vh, 30rem)"
          />
        </>
      )}
    </Show>
  );
}
