import { useEffect, useState, type ReactNode } from 'react';

type Listener = (text: string) => void;
const listeners = new Set<Listener>();
const shownMs = 3500;

/** Says something short at the edge of the page, to screen readers too. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

/** Copies and says so, or says that the browser does not let it. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied`);
  } catch {
    announce(`The browser did not allow copying the ${what.toLowerCase()}`);
  }
}

/** Where announcements show; once a page. */
export function Toasts(): ReactNode {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener: Listener = (next) => {
      setText(next);
      clearTimeout(timer);
      timer = setTimeout(() => setText(''), shownMs);
    };
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className="toast" role="status" data-shown={text !== ''}>
      {text}
    </div>
  );
}
