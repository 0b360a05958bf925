// In this order: what comes later wins.
import './mantine.css';
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '@steno/player/styles.css';
import './theme.css';
import './console.css';
