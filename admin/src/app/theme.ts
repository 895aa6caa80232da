// Light, dark, or as the system has it. The choice is remembered; nothing else of the UI is.
import { makeStore } from '../api/store';

export type Theme = 'system' | 'light' | 'dark';
const kKey = 'redd-theme';
const kDark = matchMedia('(prefers-color-scheme: dark)');

function remembered(): Theme {
  try {
    const value = localStorage.getItem(kKey);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // a browser that is set to keep nothing
  }
}

export const theme = makeStore<Theme>(remembered());

function apply() {
  const now = theme.get();
  const isDark = now === 'dark' || (now === 'system' && kDark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

export function startTheme() {
  apply();
  kDark.addEventListener('change', apply);
  theme.watch(() => {
    apply();
    try {
      localStorage.setItem(kKey, theme.get());
    } catch {
      // It holds until the page is loaded anew.
    }
  });
}
