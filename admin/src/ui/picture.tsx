// An image that came from a space, as an image and nothing else. An SVG can hold scripts: it gets no address of this page's origin, at which it
// could be opened as a document.
import { useEffect, useState } from 'react';
import { Loading } from './kit';

const kSvg = 'image/svg+xml';
const kShown = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon)$/;

export const isPicture = (type: string) => kShown.test(type);

export function Picture({ blob, type, alt }: { blob: Blob; type: string; alt: string }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    let isGone = false;
    if (type === kSvg) {
      blob.text().then((text) => !isGone && setUrl(`data:${kSvg},${encodeURIComponent(text)}`), () => {});
      return () => void (isGone = true);
    }
    const made = URL.createObjectURL(blob.slice(0, blob.size, type));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob, type]);
  return url ? <img src={url} alt={alt} className="max-h-[60vh] max-w-full self-start rounded-md border border-line bg-raised object-contain" /> : <Loading />;
}
