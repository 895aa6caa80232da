// An editor for JSON and a reader for code: CodeMirror 6, fetched when it is first needed.
import { lazy, Suspense } from 'react';
import { arriving } from '../api/arriving';

export interface CodeProps {
  label: string;
  value: string;
  change?: (text: string) => void; // absent: to read only
  json?: boolean;
  height?: string;
}

const Editor = lazy(() => arriving(() => import('./code_editor')));

export function Code(props: CodeProps) {
  return (
    <Suspense fallback={<pre className="overflow-auto rounded-md border border-line p-2 font-mono text-xs">{props.value}</pre>}>
      <Editor {...props} />
    </Suspense>
  );
}
