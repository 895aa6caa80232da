// CodeMirror in the UI's colours. The value goes in once per `value` that is not what the editor holds; what is typed comes out of `change`.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json as jsonLanguage, jsonParseLinter } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { linter, lintGutter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import type { CodeProps } from './code';

const kColors = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
]);

const kLook = EditorView.theme({
  '&': { backgroundColor: 'var(--panel)', color: 'var(--ink)', fontSize: '12px', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', overflow: 'auto' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--muted)', border: 'none' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--ink)', border: '1px solid var(--line)' },
});

export default function CodeEditor({ label, value, change, json = false, height = '20rem' }: CodeProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(change);
  changed.current = change;

  useEffect(() => {
    if (!place.current) return;
    view.current = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          ...(change || !json ? [lineNumbers()] : []), // what is wrong is told by line; JSON to read needs none
          history(),
          bracketMatching(),
          indentOnInput(),
          keymap.of([...defaultKeymap, ...historyKeymap, ...(change ? [indentWithTab] : [])]),
          syntaxHighlighting(kColors),
          kLook,
          EditorView.lineWrapping,
          EditorView.theme({ '&': { height } }),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorState.readOnly.of(!change),
          EditorView.updateListener.of((update) => update.docChanged && changed.current?.(update.state.doc.toString())),
          ...(json ? [jsonLanguage(), ...(change ? [linter(jsonParseLinter()), lintGutter()] : [])] : []),
        ],
      }),
    });
    return () => view.current?.destroy();
    // Made once: what changes later goes through the effect below.
  }, []);

  useEffect(() => {
    const now = view.current;
    if (now && now.state.doc.toString() !== value) now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={place} />;
}
