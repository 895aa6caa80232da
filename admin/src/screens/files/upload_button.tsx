// A button that lets a person choose files.
import { useRef } from 'react';
import { Button } from '../../ui/kit';

export function UploadButton({ choose }: { choose: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        aria-label="Files to upload"
        className="hidden"
        onChange={(event) => {
          choose([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <Button look="main" onClick={() => input.current?.click()}>
        Upload
      </Button>
    </>
  );
}
