// Browsers draw nothing taller than some 17 million pixels, and a million rows are taller. So the place where one scrolls is at most kTallest
// high, and its offsets are stretched to those of the rows.
import { observeElementOffset, type Virtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';

const kTallest = 15_000_000;

export function useScrollMap(rowsHeight: number, headHeight: number) {
  const height = Math.min(rowsHeight, kTallest);
  const scale = useRef(1);
  const map = useMemo(
    () => ({
      observe<T extends HTMLElement>(one: Virtualizer<T, Element>, tell: (offset: number, isScrolling: boolean) => void) {
        return observeElementOffset(one, (offset, isScrolling) => tell(offset * scale.current, isScrolling));
      },
      fit(view: number) {
        const room = height + headHeight - view;
        scale.current = height < rowsHeight && room > 0 ? (rowsHeight + headHeight - view) / room : 1;
      },
      scrolled: (offset: number) => offset / scale.current,
    }),
    [height, rowsHeight, headHeight],
  );
  return { ...map, height };
}
