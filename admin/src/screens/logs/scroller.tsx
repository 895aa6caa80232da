// A long list of which only what is seen is drawn. It stays at its end while new entries come, unless one has scrolled up.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from '../../ui/kit';

interface ScrollerProps<T> {
  label: string;
  items: T[];
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
}

const kNearEnd = 24; // pixels

export function Scroller<T>({ label, items, keyOf, children }: ScrollerProps<T>) {
  const place = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => place.current,
    estimateSize: () => 26,
    overscan: 12,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  const size = list.getTotalSize();
  const toEnd = () => place.current?.scrollTo({ top: place.current.scrollHeight });
  useLayoutEffect(() => {
    if (isAtEnd) toEnd();
  }, [isAtEnd, size, items]);
  return (
    <div className="relative">
      <div
        ref={place}
        role="log"
        aria-live="off"
        aria-label={label}
        tabIndex={0}
        className="h-[calc(100vh-18rem)] min-h-80 overflow-auto rounded-lg border border-line bg-panel"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setAtEnd(scrollHeight - scrollTop - clientHeight < kNearEnd);
        }}
      >
        <div className="relative w-full" style={{ height: size }}>
          {list.getVirtualItems().map((row) => {
            const item = items[row.index];
            return (
              item !== undefined && (
                <div key={row.key} data-index={row.index} ref={list.measureElement} className="absolute top-0 left-0 w-full" style={{ transform: `translateY(${row.start}px)` }}>
                  {children(item)}
                </div>
              )
            );
          })}
        </div>
      </div>
      {!isAtEnd && (
        <Button className="absolute right-4 bottom-3 shadow-lg" onClick={() => setAtEnd(true)}>
          ↓ To the newest
        </Button>
      )}
    </div>
  );
}
