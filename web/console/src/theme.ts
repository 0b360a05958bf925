import { createTheme } from '@mantine/core';

/** Colours are custom properties, see theme.css: the page's policy allows no generated styles. */
export const theme = createTheme({
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { lockScroll: false, centered: true } },
    Menu: { defaultProps: { withinPortal: true, shadow: 'md' } },
    Popover: { defaultProps: { withinPortal: true, shadow: 'md' } },
    Tooltip: { defaultProps: { openDelay: 350, withinPortal: true } },
  },
});
