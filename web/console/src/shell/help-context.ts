import { createContext } from 'react';

/** Shows the keyboard help of the page. */
export const HelpContext = createContext<() => void>(() => undefined);
