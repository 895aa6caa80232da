// What may be wider than its place: it scrolls sideways by itself, and a shadow at a side says that there is more.
import { useEffect, useRef, type ReactNode } from 'react';

export function Sideways({ label, children }: { label: string; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const tell = () => {
      const { scrollLeft, scrollWidth, clientWidth } = element;
      element.dataset.more = `${scrollLeft > 1 ? 'left' : ''} ${scrollLeft + clientWidth < scrollWidth - 1 ? 'right' : ''}`.trim();
    };
    tell();
    const watch = new ResizeObserver(tell);
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    element.addEventListener('scroll', tell, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', tell);
    };
  }, []);
  return (
    <div ref={place} role="region" aria-label={label} tabIndex={0} className="relative overflow-x-auto">
      {children}
    </div>
  );
}
